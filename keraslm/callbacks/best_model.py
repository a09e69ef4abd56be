"""The best model so far, in a file."""

import math
import os
import pathlib
from collections.abc import Callable, Sequence
from typing import Any

from keraslm.callbacks.averaging import averaged
from keraslm.callbacks.clock import Clock, Clocked
from keraslm.callbacks.monitored import Monitored
from keraslm.checkpoints import validated
from keraslm.files.destinations import make_folder, remove


class BestModel(Monitored, Clocked):
    """Write the model whenever the figure that is monitored is the best so far.

        exact = keraslm.callbacks.ExactPerplexity(corpus.valid)
        best = keraslm.callbacks.BestModel("best.keras", "exact_perplexity")
        model.fit(train, epochs=20, callbacks=[exact, best])

    The best is the lowest, with `mode` "max" the highest. The file is written beside
    its place and moved there, with its vocabulary and without the optimizer. `outdated`
    are files made of the model before, which go. With `keep_last` n, the last n models
    that were measured are kept beside it, good or bad, in the files that `step_path`
    names.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        monitor: str = "val_perplexity",
        outdated: Sequence[pathlib.Path] = (),
        keep_last: int = 0,
        step_path: Callable[[int], pathlib.Path] | None = None,
        clock: Clock | None = None,
        mode: str = "min",
    ) -> None:
        super().__init__(clock)
        self.path = pathlib.Path(path)
        self.monitor = monitor
        self.outdated = outdated
        self.keep_last = keep_last
        self.step_path = step_path or self._beside
        self.mode = mode
        self.best = math.inf
        """The best figure, below 0 where the highest is sought."""
        self.best_step: int | None = None

    def _beside(self, step: int) -> pathlib.Path:
        return self.path.with_stem(f"{self.path.stem}-{step:09}")

    def on_train_end(self, logs: Any = None) -> None:
        """Write if the figure was measured and is the best, or nothing was ever."""
        self._hear(logs)
        if self.best_step is None:
            self.keep()

    def measured(self, figure: float) -> None:
        """Write the model if the figure is the best."""
        figure = -figure if self.mode == "max" else figure
        if self.keep_last:
            self._keep_model_of_step()
        # the first is kept even where its perplexity is too large for a float
        if self.best_step is None or figure < self.best:
            self.best = figure
            self.keep()

    def keep(self) -> None:
        """Write the present model as the best."""
        self.best_step = self.clock.step
        for file in self.outdated:
            remove(file)
        self._save(self.path)

    def _keep_model_of_step(self) -> None:
        file = self.step_path(self.clock.step)
        make_folder(file.parent)
        self._save(file)
        pattern = self.step_path(0).name.replace("0" * 9, "?" * 9)
        for old in sorted(file.parent.glob(pattern))[: -self.keep_last]:
            old.unlink()

    def _save(self, file: pathlib.Path) -> None:
        model = self.model
        with averaged(model):
            model.save(file, include_optimizer=False)

    def get_state(self) -> dict[str, Any]:
        """Give what goes into a checkpoint, beside the best model itself."""
        return {"best_step": self.best_step, "best": validated.stored(self.best)}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint."""
        step = state["best_step"]
        self.best_step = None if step is None else validated.count(step)
        self.best = validated.lowest(state["best"])
