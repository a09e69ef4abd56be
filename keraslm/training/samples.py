"""The callback that lets the model write a sample at chosen steps."""

import pathlib
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from keraslm.language_model import LanguageModel
from keraslm.training import recalled
from keraslm.training.clock import Clock
from keraslm.training.folder import SAMPLE_TOKENS

TEMPERATURE = 0.8


class Samples(keras.callbacks.Callback):
    """Add to `samples.txt` what the model writes, always from the same random seed.

    Without a number of steps, a sample is written at the start, after every epoch and
    at the end.
    """

    def __init__(
        self,
        language_model: LanguageModel,
        path: pathlib.Path,
        steps: int | None,
        seed: int,
        report: Callable[[str, str], None],
    ) -> None:
        super().__init__()
        self._language_model = language_model
        self._path = path
        self._steps = steps
        self._seed = seed
        self._report = report
        self._written = -1
        self._texts: list[str] = []
        self.clock = Clock(None, None)
        path.write_text("", encoding="utf-8")

    def on_train_begin(self, logs: object = None) -> None:
        """Write what the untrained model writes."""
        if not self.clock.step:
            self.write()

    def on_train_batch_end(self, batch: int, logs: object = None) -> None:
        """Write at the chosen steps."""
        if self._steps and self.clock.step % self._steps == 0:
            self.write()

    def on_epoch_end(self, epoch: int, logs: object = None) -> None:
        """Write after an epoch, unless steps were chosen."""
        if not self._steps:
            self.write()

    def write(self) -> None:
        """Write one sample of the model as it is now."""
        if self._written == self.clock.step:
            return
        self._written = self.clock.step
        text = self._sample()
        heading = f"step {self.clock.step}, epoch {self.clock.epoch}"
        self._texts.append(f"--- {heading}\n{text}\n\n")
        with self._path.open("a", encoding="utf-8") as file:
            file.write(self._texts[-1])
        self._report(heading, text)

    def to_dict(self) -> dict[str, Any]:
        """Give what goes into a checkpoint."""
        return {"written": self._written, "texts": self._texts}

    def restore(self, told: dict[str, Any]) -> None:
        """Go on from a checkpoint; what was written after it is written again."""
        self._written = recalled.count(told["written"], least=-1)
        self._texts = [str(text) for text in told["texts"]]
        self._path.write_text("".join(self._texts), encoding="utf-8")

    def _sample(self) -> str:
        length = SAMPLE_TOKENS[self._language_model.encoder.tokenizer.level]
        try:
            with np.errstate(over="raise", invalid="raise"):
                pieces = self._language_model.generate(
                    length=length, temperature=TEMPERATURE, seed=self._seed
                )
                return "".join(pieces).strip("\n")
        except FloatingPointError:
            return "(nothing: the weights have grown beyond what numbers can hold)"
