"""What the tests of resuming share: how a run is interrupted, and what it leaves."""

import os
import pathlib

import keraslm
from keraslm.checkpoints.checkpoint import Checkpoint
from keraslm.history import read_history
from keraslm.training.reporter import Reporter

WALL_CLOCK = ("seconds", "tokens_per_second")
FORGOTTEN = ("seconds", "took", "ended", "began", "rows")
OFTEN = {
    "log_steps": 1,
    "valid_steps": 4,
    "sample_steps": 5,
    "checkpoint_steps": 5,
    "keep_last": 2,
    "steps": 13,
    "dropout": 0.2,
    "schedule": "plateau",
    "patience": 20,
    "average_after": 1,
}


class Gone(BaseException):
    """A process that is no more."""


class At(Reporter):
    """Does something at the first row of a step."""

    def __init__(self, step, act):
        self.step, self.act, self.lines = step, act, []

    def note(self, line):
        self.lines.append(line)

    def training(self, fraction, row):
        if row["step"] == self.step:
            self.step = None
            self.act()


def die():
    raise Gone


def signalled(number):
    return lambda: os.kill(os.getpid(), number)


def what_came_of(c):
    """All that a run leaves but for the time that it took."""
    folder = pathlib.Path(c.out)
    rows = read_history(folder / "history.csv")
    kept = keraslm.load(folder)
    checkpoint = Checkpoint.read(folder / "checkpoint.zip")
    return {
        "rows": [[v for k, v in row.items() if k not in WALL_CLOCK] for row in rows],
        "samples": (folder / "samples.txt").read_text(),
        "files": sorted(str(path.relative_to(folder)) for path in folder.rglob("*")),
        "kept": [weight.tobytes() for weight in kept.keras_model.get_weights()],
        "rows in the model": len(kept.metadata["history"]),
        "place": checkpoint.place,
        "variables": [(a.dtype, a.shape, a.tobytes()) for a in checkpoint.variables],
        "parts": {name: known(part) for name, part in checkpoint.parts.items()},
    }


def known(part):
    """What a callback remembers but for the time that it took."""
    return {k: v for k, v in part.items() if k not in FORGOTTEN}


def assert_same(one, two):
    assert {name: one[name] == two[name] for name in one} == dict.fromkeys(one, True)
