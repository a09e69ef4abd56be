"""Callbacks for `fit`: perplexity, samples, limits, checkpoints; one a file."""

from keraslm.callbacks.averaging import Averaging
from keraslm.callbacks.best_model import BestModel
from keraslm.callbacks.clock import Clock
from keraslm.callbacks.exact_perplexity import ExactPerplexity
from keraslm.callbacks.exact_resume import ExactResume
from keraslm.callbacks.gradient_norm import GradientNorm
from keraslm.callbacks.learning_rate import LearningRate
from keraslm.callbacks.log_history import LogHistory
from keraslm.callbacks.patience import Patience
from keraslm.callbacks.progress import Progress
from keraslm.callbacks.stop_after import StopAfter
from keraslm.callbacks.write_text import WriteText

__all__ = [
    "Averaging",
    "BestModel",
    "Clock",
    "ExactPerplexity",
    "ExactResume",
    "GradientNorm",
    "LearningRate",
    "LogHistory",
    "Patience",
    "Progress",
    "StopAfter",
    "WriteText",
]
