"""Sequence to sequence: an encoder reads a source, a decoder writes its target."""
