"""The run: configuration, fit, callbacks, what is kept."""

from keraslm.training.configuration import Configuration
from keraslm.training.printed import PrintedProgress
from keraslm.training.reporter import Reporter
from keraslm.training.run import Run, train

__all__ = ["Configuration", "PrintedProgress", "Reporter", "Run", "train"]
