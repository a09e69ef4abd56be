"""The run: configuration, fit, callbacks, what is kept."""
