"""Hypothesis on a busy machine: fewer examples, and no deadline for one of them."""

from hypothesis import settings

settings.register_profile("text", max_examples=50, deadline=None)
settings.load_profile("text")
