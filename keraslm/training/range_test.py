"""The range test: a few steps of training while the learning rate rises.

References: Smith (2017), cyclical learning rates.
"""

import keras

from keraslm.measures import perplexity
from keraslm.models.language_model import KerasLanguageModel
from keraslm.training.clock import Clock
from keraslm.training.encoded import Encoded
from keraslm.training.fit import compiled, fit_until_stopped
from keraslm.training.options import Configuration
from keraslm.training.rate_curve import RateCurve, rate_at
from keraslm.training.reporter import Reporter


def range_test(
    language_model: KerasLanguageModel,
    c: Configuration,
    train: Encoded,
    reporter: Reporter,
) -> RateCurve:
    """Train on the windows of a run, with its optimizer, at rates that rise.

    The rate reaches its highest with the last step or minute, unless the loss has
    diverged before.
    """
    model, windows = compiled(language_model, c, train)
    rising = RisingRate(Clock(c.steps, c.minutes), reporter)
    fit_until_stopped(model, windows, [rising])
    return rising.curve


class RisingRate(keras.callbacks.Callback):
    """Raise the learning rate before every step and note the loss after it."""

    def __init__(self, clock: Clock, reporter: Reporter) -> None:
        super().__init__()
        self.curve = RateCurve()
        self._clock, self._reporter = clock, reporter
        self._rate = 0.0

    def on_train_begin(self, logs: object = None) -> None:
        """Start the clock."""
        self._clock.start()

    def on_epoch_begin(self, epoch: int, logs: object = None) -> None:
        """Start at the beginning of the text, with an empty state."""
        self._clock.epoch = epoch + 1
        self.model.forget()

    def on_train_batch_begin(self, batch: int, logs: object = None) -> None:
        """Set the rate of the step to come."""
        self._rate = rate_at(self._clock.progress)
        self.model.optimizer.learning_rate.assign(self._rate)

    def on_train_batch_end(self, batch: int, logs: object = None) -> None:
        """Note the loss of the step; stop when all is known."""
        if self._clock.step == 0:
            self._clock.start()  # again: the first step was mostly compiling
        self._clock.step += 1
        total, tokens = self.model.nats_and_tokens
        self.curve.add(self._rate, total, tokens)
        self._report(total / tokens)
        if self._clock.over or self.curve.diverged:
            self.model.stop_training = True

    def _report(self, nats: float) -> None:
        row = {
            "step": self._clock.step,
            "epoch": self._clock.epoch,
            "seconds": self._clock.seconds,
            "split": "train",
            "perplexity": perplexity(nats),
            "learning_rate": self._rate,
        }
        self._reporter.training(self._clock.progress, row)
