"""Corpora: a language whose entropy is known, and a catalogue of checked downloads."""
