"""Counting what memory does not hold: the same numbers, sorted on the disk."""
