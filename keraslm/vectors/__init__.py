"""Vectors of words: read, trained, and asked for what lies near."""
