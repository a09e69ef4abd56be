"""The figures of `keraslm plot`, a command a file."""
