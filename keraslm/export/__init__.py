"""A model for programs that do not have keraslm."""
