"""What a checkpoint holds: all that a run needs to go on as if nothing had happened.

    identity    what must be the same: configuration, texts, vocabulary, versions
    place       the epoch and the step of it that comes next
    parts       what each part of the run remembers, by name: the clock, the learning
                rate, averaging, patience, the best model, history and samples
    variables   weights, carried states and seeds of the model; moments, step and
                averages of the optimizer
    best        the bytes of the best model so far, if one was kept

The random numbers of a step are a function of the seed, the epoch and the step, or
come from a seed among the variables. What metrics sum up is read and reset at every
step.
"""

import dataclasses
import pathlib
from typing import Any

import numpy as np

from keraslm.errors import ModelFileError
from keraslm.files import archive
from keraslm.files.members import write_members
from keraslm.files.writing import write_atomically

DESCRIPTION = "keraslm/checkpoint.json"
FORMAT = 3  # 2 named the parts otherwise
BEST = "best"


@dataclasses.dataclass(frozen=True)
class Checkpoint:
    """A run between two steps, as one file without pickle: JSON and arrays in a zip."""

    identity: dict[str, Any]
    place: tuple[int, int]
    parts: dict[str, dict[str, Any]]
    variables: list[Any]
    best: bytes | None = None

    def write(self, path: pathlib.Path) -> None:
        """Write it beside its place, flush it and move it there."""
        arrays = {f"{k:05}": value for k, value in enumerate(self.variables)}
        if self.best is not None:
            arrays[BEST] = np.frombuffer(self.best, np.uint8)
        description = {name: getattr(self, name) for name in _DESCRIBED}
        description["format"] = FORMAT
        members = {DESCRIPTION: archive.describe(description)}
        members |= archive.array_members(arrays)
        with write_atomically(path) as temporary:
            write_members(temporary, members)

    @classmethod
    def read(cls, path: pathlib.Path) -> "Checkpoint":
        """Read it back.

        Raises: ModelFileError if it is damaged or of an unknown format.
        """
        try:
            described = archive.read_json(path, DESCRIPTION)
            if described.get("format", 1) != FORMAT:
                raise ModelFileError("another version of keraslm wrote it")
            arrays = archive.read_arrays(path)
            epoch, step = described["place"]
            if int(epoch) < 0 or int(step) < 0:
                raise ValueError(f"the place {epoch}, {step}")
            best = arrays.pop(BEST, None)
            return cls(
                dict(described["identity"]),
                (int(epoch), int(step)),
                dict(described["parts"]),
                [arrays[name] for name in sorted(arrays)],
                None if best is None else best.tobytes(),
            )
        except ModelFileError as error:
            raise damaged(path, str(error)) from error
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise damaged(path, f"{DESCRIPTION} is damaged: {error}") from error


_DESCRIBED = ("identity", "place", "parts")


def place_of(path: pathlib.Path) -> tuple[int, int]:
    """Give the epoch and the step at which a checkpoint goes on.

    Raises: ModelFileError if it is damaged.
    """
    epoch, step = archive.read_json(path, DESCRIPTION)["place"]
    return int(epoch), int(step)


def first_difference(was: dict[str, Any], now: dict[str, Any]) -> str | None:
    """Name the first thing that differs between two identities, if any."""
    names = {**now, **was}
    return next((name for name in names if was.get(name) != now.get(name)), None)


def damaged(path: pathlib.Path, why: str) -> ModelFileError:
    """Say that a run cannot be continued from a checkpoint, and what to do."""
    return ModelFileError(
        f"cannot go on from {path} ({why}); remove it, and the run starts over"
    )
