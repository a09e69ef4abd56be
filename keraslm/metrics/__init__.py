"""What is reported: perplexity, and bits a character."""

from keraslm.metrics.bits_per_character import BitsPerCharacter
from keraslm.metrics.perplexity import Perplexity

__all__ = ["BitsPerCharacter", "Perplexity"]
