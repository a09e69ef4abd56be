"""Perplexity while training, a row a measurement."""

from collections.abc import Callable
from typing import Any

import numpy as np
from keras import ops

from keraslm.callbacks.clock import Clock, Clocked, Every
from keraslm.callbacks.exact_perplexity import ExactPerplexity
from keraslm.checkpoints import validated
from keraslm.history import History, Row, new_row


class LogHistory(Clocked):
    """Add a row to a history every so many steps, after every epoch and validation.

        exact = keraslm.callbacks.ExactPerplexity(corpus.valid)
        log = keraslm.callbacks.LogHistory("history.csv", exact=exact)
        model.fit(train, callbacks=[exact, log])

    The rows are those of `keraslm.history.History`, which may be given in place of the
    file. `bits_per_nat` turns nats a token into bits a character, of the training and
    of the validation text. `told` is given every row.
    """

    def __init__(
        self,
        history: History | str,
        every: int = 50,
        exact: ExactPerplexity | None = None,
        bits_per_nat: tuple[float | None, float | None] = (None, None),
        clock: Clock | None = None,
        told: Callable[[Row], None] | None = None,
    ) -> None:
        super().__init__(clock)
        self.history = history if isinstance(history, History) else History(history)
        self.exact, self.bits_per_nat = exact, bits_per_nat
        self._told = told
        self._every = Every(every)
        self._logged = np.zeros(2)  # nats and tokens of the epoch, in rows already
        self._began = 0.0
        self._rate: float | None = None

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Start the epoch's sums."""
        super().on_epoch_begin(epoch, logs)
        self._logged = np.zeros(2)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Add the rows that are due."""
        super().on_train_batch_end(batch, logs)
        self._rate = (logs or {}).get("learning_rate", self._rate)
        if self._every.due(self.clock.step):
            self._add_training()
        self._add_validation(logs)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Add the rest of the epoch's tokens, the epoch, and what was validated."""
        self._add_training()
        nats, tokens = self.model.nats_and_tokens
        if tokens:
            self._add(new_row("epoch", nats / tokens, self.bits_per_nat[0], *self._now))
        self._add_validation(logs)

    def on_train_end(self, logs: Any = None) -> None:
        """Add what was validated at the end."""
        self._add_validation(logs)

    @property
    def _now(self) -> tuple[int, int, float]:
        return self.clock.step, self.clock.epoch, self.clock.seconds

    def _add_training(self) -> None:
        sums = np.array(self.model.nats_and_tokens)
        nats, tokens = sums - self._logged
        if not tokens:
            return
        self._logged = sums
        more: dict[str, Any] = {}
        if self._rate is not None:
            more["learning_rate"] = self._rate
        norm = getattr(self.model.optimizer, "gradient_norm", None)
        if norm is not None:
            more["gradient_norm"] = float(ops.convert_to_numpy(norm))
        more["tokens_per_second"] = tokens / (self.clock.seconds - self._began)
        more["tokens"] = int(tokens)
        bits = self.bits_per_nat[0]
        self._add(new_row("train", nats / tokens, bits, *self._now, **more))
        self._began = self.clock.seconds

    def _add_validation(self, logs: Any) -> None:
        if self.exact is None or self.exact.name not in (logs or {}):
            return
        self._add(new_row("valid", self.exact.nats, self.bits_per_nat[1], *self._now))
        self._began = self.clock.seconds

    def _add(self, row: Row) -> None:
        self.history.add(row)
        if self._told is not None:
            self._told(row)

    def get_state(self) -> dict[str, Any]:
        """Give what goes into a checkpoint."""
        return {
            "rows": self.history.rows,
            "logged": self._logged.tolist(),
            "began": self._began,
            "rate": self._rate,
        }

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint."""
        self.history.restore(state["rows"])
        self._logged = np.array([validated.figure(total) for total in state["logged"]])
        self._began = validated.duration(state["began"])
        rate = state["rate"]
        self._rate = None if rate is None else validated.figure(rate)
        self._every.resume(self.clock.step)
