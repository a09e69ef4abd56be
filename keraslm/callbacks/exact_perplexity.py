"""Validation perplexity, exact: every token once, with the longest history."""

import functools
import math
import os
from collections.abc import Callable
from typing import Any

import numpy as np

from keraslm import measures
from keraslm.callbacks.averaging import averaged
from keraslm.callbacks.clock import Clock, Clocked, Every
from keraslm.checkpoints import validated
from keraslm.errors import TrainingError
from keraslm.metrics import Perplexity
from keraslm.processes import ALONE, Alone
from keraslm.text.corpus import as_text
from keraslm.text.text import Text

SHARE = 0.1  # of the time since the last, which the next may take where minutes count
_STATE: dict[str, Callable[[Any], float]] = {
    "took": validated.duration,
    "ended": validated.duration,
    "measured_step": functools.partial(validated.count, least=-1),
}


class ExactPerplexity(Clocked):
    """Measure a text after every epoch, or every so many steps, and at the end.

        exact = keraslm.callbacks.ExactPerplexity("village:valid")
        stop = keras.callbacks.EarlyStopping("exact_perplexity", patience=2)
        model.fit(train, epochs=20, callbacks=[exact, stop])

    Math:   exp(-1/N sum_t log P(y_t | y_1 .. y_{t-1})), the state carried from the
            first token to the last
    It is the figure of `keraslm evaluate`. The text is a `Text`, a path, a dataset's
    name, or ids. The figure stands in the logs under `name`, where every callback sees
    it, and the model knows which way is better. Where a clock counts minutes, a
    measurement waits while it would take more than a tenth of the time.

    The first process of a `group` measures, and tells the others.

    Raises: TrainingError if the figure is no number.
    """

    comes_first = True  # so that every callback sees the figure

    def __init__(
        self,
        text: Text | str | os.PathLike[str] | np.ndarray,
        name: str = "exact_perplexity",
        steps: int | None = None,
        clock: Clock | None = None,
        group: Alone = ALONE,
    ) -> None:
        super().__init__(clock)
        self._group = group
        self.text = text
        self.name = name
        self.steps = steps
        self.nats = math.nan
        """Nats a token of the last measurement."""
        self._every = Every(steps)
        self._ids: Any = text
        self._took = self._ended = 0.0
        self._measured_step = -1

    def set_model(self, model: Any) -> None:
        """Let a model know the name of the figure, and that less is better."""
        super().set_model(model)
        model.announce(Perplexity(self.name))
        if not isinstance(self.text, np.ndarray):
            self._ids = model.language_model.encoder.encode(as_text(self.text))

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Measure every so many steps."""
        super().on_train_batch_end(batch, logs)
        if self._every.due(self.clock.step):
            self.measure(logs, if_affordable=True)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Measure after an epoch, unless steps were chosen."""
        if self.steps is None:
            self.measure(logs, if_affordable=True)

    def on_train_end(self, logs: Any = None) -> None:
        """Measure what training came to."""
        self.measure(logs)

    def measure(self, logs: Any, if_affordable: bool = False) -> None:
        """Measure now, unless this step was measured, or time is dear."""
        if self._measured_step == self.clock.step:
            return
        nats = self._group.shared(
            lambda: self._nats() if not if_affordable or self._can_afford() else None
        )
        if nats is None:
            return
        self.nats = nats
        self._measured_step = self.clock.step
        if not math.isfinite(self.nats):
            raise TrainingError(
                f"the validation loss became {self.nats} at step {self.clock.step}; "
                "try a lower `learning_rate`"
            )
        if logs is not None:
            logs[self.name] = measures.perplexity(self.nats)

    def _nats(self) -> float:
        """Give the nats a token; of several processes, the first measures."""
        began, model = self.clock.seconds, self.model
        with averaged(model), np.errstate(over="ignore", invalid="ignore"):
            log_p = model.language_model.log_probabilities(self._ids)
        self._ended = self.clock.seconds
        self._took = self._ended - began
        return -float(np.mean(log_p))

    def _can_afford(self) -> bool:
        """Say whether a measurement now leaves most of the minutes for training."""
        if not self.clock.by_time or self.clock.over:
            return not self.clock.over
        spent = self.clock.seconds - self._ended
        return self._took <= SHARE * spent

    def get_state(self) -> dict[str, Any]:
        """Give what goes into a checkpoint."""
        return {name: getattr(self, f"_{name}") for name in _STATE}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint."""
        for name, check in _STATE.items():
            setattr(self, f"_{name}", check(state[name]))
        self._every.resume(self.clock.step)
