"""Exact resume: all that a run needs to go on as if nothing had happened."""

from keraslm.checkpoints.checkpoint import Checkpoint

__all__ = ["Checkpoint"]
