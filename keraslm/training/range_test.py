"""The range test: a few steps of training while the learning rate rises.

References: Smith (2017), cyclical learning rates.
"""

from typing import Any

import numpy as np

from keraslm.callbacks import Clock, StopAfter
from keraslm.callbacks.clock import Clocked
from keraslm.measures import perplexity
from keraslm.models import CausalLM
from keraslm.training.encoded import Encoded
from keraslm.training.fit import WITHOUT_END, KeepMemory, compile_model, new_windows
from keraslm.training.options import Configuration
from keraslm.training.rate_curve import RateCurve, rate_at
from keraslm.training.reporter import COMPILING, Reporter


def range_test(
    model: CausalLM, c: Configuration, train: Encoded, reporter: Reporter
) -> RateCurve:
    """Train on the windows of a run, with its optimizer, at rates that rise.

    The rate reaches its highest with the last step or minute, unless the loss has
    diverged before.
    """
    windows = new_windows(c, train, model.tokens)
    compile_model(model, c, windows)
    clock = StopAfter(c.minutes, c.steps)
    rising = RisingRate(clock, reporter)
    callbacks = [clock, rising, KeepMemory()]
    reporter.beginning(COMPILING)
    model.fit(
        windows, epochs=WITHOUT_END, verbose=0, callbacks=callbacks, stops_at_nan=False
    )
    return rising.curve


class RisingRate(Clocked):
    """Raise the learning rate before every step and note the loss after it."""

    def __init__(self, clock: Clock, reporter: Reporter) -> None:
        super().__init__(clock)
        self.curve = RateCurve()
        self._reporter = reporter
        self._rate = 0.0
        self._seen = np.zeros(2)  # nats and tokens of the epoch

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Start the epoch's sums."""
        self._seen = np.zeros(2)

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Set the rate of the step to come."""
        self._rate = rate_at(self.clock.progress)
        self.model.optimizer.learning_rate.assign(self._rate)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Note the loss of the step; stop when all is known."""
        if self.clock.step == 1:
            self.clock.start()  # again: the first step was mostly compiling
        sums = np.array(self.model.nats_and_tokens)
        (total, tokens), self._seen = sums - self._seen, sums
        self.curve.add(self._rate, total, tokens)
        self._report(total / tokens)
        if self.curve.diverged:
            self.model.stop_training = True

    def _report(self, nats: float) -> None:
        row = {
            "step": self.clock.step,
            "epoch": self.clock.epoch,
            "seconds": self.clock.seconds,
            "split": "train",
            "perplexity": perplexity(nats),
            "learning_rate": self._rate,
        }
        self._reporter.training(self.clock.progress, row)
