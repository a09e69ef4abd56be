"""What is kept while a model trains: history, samples and the best model so far."""

import math
from typing import Any

import numpy as np

from keraslm.files.destinations import make_folder
from keraslm.models.language_model import KerasLanguageModel
from keraslm.training import recalled
from keraslm.training.board import Board
from keraslm.training.clock import Clock
from keraslm.training.folder import RunFolder
from keraslm.training.history import History
from keraslm.training.options import Configuration
from keraslm.training.reporter import Reporter
from keraslm.training.samples import Samples


class Keeper:
    """Keeps the model with the lowest validation perplexity in RUN/model.keras."""

    def __init__(
        self,
        language_model: KerasLanguageModel,
        c: Configuration,
        folder: RunFolder,
        reporter: Reporter,
    ) -> None:
        self._language_model = language_model
        self.folder = folder
        self._reporter = reporter
        self._clock = Clock(None, None)
        self._keep_last = c.keep_last
        self.best_nats = math.inf
        self.best_step: int | None = None
        board = Board(folder.board) if c.tensorboard else None
        self.history = History(folder.history, board)
        self.samples = Samples(
            language_model, folder.samples, c.sample_steps, c.seed, reporter.sample
        )
        language_model.metadata |= {
            "configuration": c.to_dict(),
            "history": self.history.rows,
        }

    def begin(self, clock: Clock) -> None:
        """Follow the clock of a run."""
        self._clock = self.samples.clock = clock

    def measure(self, ids: np.ndarray) -> float:
        """Give the exact nats per token of a text with the present weights."""
        return -float(np.mean(self._language_model.log_probabilities(ids)))

    def report(self, progress: float, row: dict[str, Any]) -> None:
        """Show a row of the history."""
        self._reporter.training(progress, row)

    def validated(self, nats: float) -> bool:
        """Keep the model if it is the best so far, and say whether it is.

        The last `keep_last` are kept beside it, good or bad.
        """
        if self._keep_last:
            self._keep_model_of_step()
        improved = nats < self.best_nats
        if improved:
            self.best_nats = nats
            self.keep()
        return improved

    def _keep_model_of_step(self) -> None:
        file = self.folder.model_of_step(self._clock.step)
        make_folder(file.parent)
        self._language_model.save(file)
        for old in self.folder.models_of_steps[: -self._keep_last]:
            old.unlink()

    def keep(self) -> None:
        """Write the present model as the one that is kept."""
        self.best_step = self._clock.step
        self.folder.keep(self._language_model)

    def to_dict(self) -> dict[str, Any]:
        """Give what goes into a checkpoint, beside the best model itself."""
        kept = self.best_step is not None
        best_nats = self.best_nats if kept else None
        return {"best_step": self.best_step, "best_nats": best_nats}

    def restore(self, told: dict[str, Any]) -> None:
        """Go on from a checkpoint."""
        step, nats = told["best_step"], told["best_nats"]
        self.best_step = None if step is None else recalled.count(step)
        self.best_nats = math.inf if nats is None else recalled.figure(nats)

    def note(self, line: str) -> None:
        """Say something to the user."""
        self._reporter.note(line)

    def interrupted(self, step: int) -> None:
        """Say that Ctrl-C was heard and what comes now."""
        self._language_model.metadata["interrupted"] = True
        self._reporter.note(
            f"Interrupted after step {step}: measuring and keeping the best model; "
            f"{self.folder.way_to_go_on}"
        )

    def what_is_kept(self) -> str:
        """Say in words which model lies in RUN."""
        model = self.folder.model
        if self.best_step is not None:
            return f"{model} holds the model of step {self.best_step}"
        nothing = "no model was kept: none had been validated yet"
        return f"{nothing}; {model} is of an earlier run" if model.exists() else nothing
