"""A run that is killed and resumed, beside one that is left alone."""

import contextlib
import csv
import dataclasses
import io
import multiprocessing
import os
import pathlib
import signal
from typing import TYPE_CHECKING, Any

import numpy as np

from keraslm.errors import TrainingError
from keraslm.training.reporter import Reporter

if TYPE_CHECKING:
    from keraslm.checkpoints import Checkpoint
    from keraslm.tasks.options import TaskOptions
    from keraslm.training.folder import RunFolder
    from keraslm.training.options import Configuration

    Options = Configuration | TaskOptions

WALL_CLOCK = ("seconds", "tokens_per_second")


class Killed(Reporter):
    """Kills its own process at a step, in the midst of it: no handler hears of it."""

    def __init__(self, step: int) -> None:
        self._step = step

    def training(self, fraction: float, row: dict[str, Any]) -> None:
        """End here."""
        if row["step"] == self._step:
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


def compare_with_killed(c: "Options", step: int) -> dict[str, Any]:
    """Train in one go, and again, killed after a step and resumed; say what differs.

    Raises: TrainingError if the process that was to be killed ended otherwise.
    """
    whole = _train(dataclasses.replace(c, out=f"{c.out}-whole"))
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_train_until_killed, args=(c, step))
    process.start()
    process.join()
    if process.exitcode is None or process.exitcode >= 0:
        raise TrainingError(f"the process was not killed: status {process.exitcode}")
    resumed = _train(c, resume=True)  # refuses what was killed on other texts
    return {
        "steps": c.steps,
        "killed after": step,
        **_compared(whole, resumed),
    }


def _train_until_killed(c: "Options", step: int) -> None:
    _train(c, reporter=Killed(step))


def _train(
    c: "Options", reporter: Reporter | None = None, resume: bool = False
) -> "RunFolder":
    from keraslm.training.options import Configuration
    from keraslm.training.run import train
    from keraslm_cli.tasks import training_of
    from keraslm_cli.texts import open_named_corpus

    with contextlib.redirect_stderr(io.StringIO()):  # what it tells was told before
        corpus = open_named_corpus(c.corpus, c.encoding, c.split)
    of: Any = train if isinstance(c, Configuration) else training_of(c.task)
    folder: RunFolder = of(c, corpus, reporter=reporter, resume=resume).folder
    return folder


def _compared(one: "RunFolder", two: "RunFolder") -> dict[str, Any]:
    from keraslm.checkpoints import Checkpoint

    rows, checkpoint = figures(one.history), Checkpoint.read(one.checkpoint)
    other = Checkpoint.read(two.checkpoint)
    same = {
        "history": rows == figures(two.history),
        "weights and optimizer": same_bits(checkpoint, other),
        "samples": _bytes(one.samples) == _bytes(two.samples),
        "kept model": _weights(one.model) == _weights(two.model),
    }
    differ = [name for name, is_same in same.items() if not is_same]
    return {
        "rows": len(rows),
        "arrays": len(checkpoint.variables),
        "numbers": sum(array.size for array in checkpoint.variables),
        "resumed": f"DIFFERENT: {', '.join(differ)}" if differ else "identical",
    }


def figures(history: pathlib.Path) -> list[dict[str, str]]:
    """Read the rows of a history without what a clock on the wall says."""
    with history.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [{k: v for k, v in row.items() if k not in WALL_CLOCK} for row in rows]


def same_bits(one: "Checkpoint", two: "Checkpoint") -> bool:
    """Say whether two checkpoints are of one place, and their arrays alike in bits."""
    return one.place == two.place and _bits(one.variables) == _bits(two.variables)


def _bits(arrays: list[np.ndarray]) -> list[tuple[Any, ...]]:
    return [(array.dtype, array.shape, array.tobytes()) for array in arrays]


def _bytes(file: pathlib.Path) -> bytes:
    return file.read_bytes() if file.exists() else b""


def _weights(model: pathlib.Path) -> list[tuple[Any, ...]]:
    from keraslm.inference.opening import read_arrays

    arrays = read_arrays(model)
    return [(name, *_bits([arrays[name]])) for name in sorted(arrays)]
