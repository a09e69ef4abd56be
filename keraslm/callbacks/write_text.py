"""Text that the model writes while it learns."""

import os
import pathlib
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from keraslm.callbacks.clock import Clock, Clocked, Every
from keraslm.checkpoints import validated
from keraslm.kernels.devices import locally

TEMPERATURE = 0.8
NOTHING = "(nothing: the weights have grown beyond what numbers can hold)"


class WriteText(Clocked):
    """Let the model write at the start, after every epoch or so many steps, at the end.

        model.fit(train, callbacks=[keraslm.callbacks.WriteText("alice ", length=80)])

    The random numbers are always the same, so that what changes is the model. A text is
    printed, or added to the file `path`, or given to `report(heading, text)`.

    Raises: UsageError for a prompt with tokens that the model does not know.
    """

    def __init__(
        self,
        prompt: str = "",
        length: int = 100,
        temperature: float = TEMPERATURE,
        seed: int = 0,
        steps: int | None = None,
        path: str | os.PathLike[str] | None = None,
        report: Callable[[str, str], None] | None = None,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(clock)
        self.prompt, self.length, self.temperature = prompt, length, temperature
        self.seed, self.steps = seed, steps
        self.path = None if path is None else pathlib.Path(path)
        self._report = report or (_print if path is None else _say_nothing)
        self._every = Every(steps)
        self._written_step = -1
        self._texts: list[str] = []
        if self.path is not None:
            self.path.write_text("", encoding="utf-8")

    def on_train_begin(self, logs: Any = None) -> None:
        """Write what the untrained model writes."""
        super().on_train_begin(logs)
        if not self.clock.step:
            self.write()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Write at the chosen steps."""
        super().on_train_batch_end(batch, logs)
        if self._every.due(self.clock.step):
            self.write()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Write after an epoch, unless steps were chosen."""
        if self.steps is None:
            self.write()

    def on_train_end(self, logs: Any = None) -> None:
        """Write what the trained model writes."""
        self.write()

    def write(self) -> None:
        """Write one text of the model as it is now, unless this step has one."""
        if self._written_step == self.clock.step:
            return
        self._written_step = self.clock.step
        text = self._sample()
        heading = f"step {self.clock.step}, epoch {self.clock.epoch}"
        self._texts.append(f"--- {heading}\n{text}\n\n")
        if self.path is not None:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(self._texts[-1])
        self._report(heading, text)

    def _sample(self) -> str:
        try:
            model = self.model
            with locally(model), np.errstate(over="raise", invalid="raise"):
                written = model.generate(
                    self.prompt, self.length, self.temperature, seed=self.seed
                )
                return str(written).strip("\n")
        except FloatingPointError:
            return NOTHING

    def get_state(self) -> dict[str, Any]:
        """Give what goes into a checkpoint."""
        return {"written": self._written_step, "texts": self._texts}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint; what was written after it is written again."""
        self._written_step = validated.count(state["written"], least=-1)
        self._texts = [str(text) for text in state["texts"]]
        self._every.resume(self.clock.step)
        if self.path is not None:
            self.path.write_text("".join(self._texts), encoding="utf-8")


def _print(heading: str, text: str) -> None:
    sys.stdout.write(f"--- {heading}\n{text}\n")
    sys.stdout.flush()


def _say_nothing(heading: str, text: str) -> None:
    pass
