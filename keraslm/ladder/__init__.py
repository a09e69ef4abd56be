"""The ladder: every kind of model on the same text, each better than the one before."""

from keraslm.ladder.climb import Ladder

__all__ = ["Ladder"]
