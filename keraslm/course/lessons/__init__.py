"""The twelve lessons, one a file: exercises, their cases, hints and known mistakes."""
