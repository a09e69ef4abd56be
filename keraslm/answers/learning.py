"""A run that is watched: its history, what it wrote, and its models step by step."""

import hashlib
import os
import pathlib
import threading
from collections import OrderedDict
from typing import Any

from keraslm.answers.comparison import Comparison
from keraslm.answers.next_tokens import next_tokens
from keraslm.answers.place import Asked
from keraslm.answers.references import TruthOf, truth_in
from keraslm.answers.run_files import RunFiles
from keraslm.errors import KeraslmError, UsageError
from keraslm.loading import load
from keraslm.sampling.sampler import Sampler

TOP = 8  # tokens of each model that are shown
OPEN = 16  # models of steps that are held open


class Learning:
    """A folder RUN, asked while it is trained, before that, or later."""

    def __init__(
        self, path: str | os.PathLike[str], truth_of: TruthOf = truth_in
    ) -> None:
        """Watch a folder, which need not be there yet.

        Raises: UsageError if the path is a file.
        """
        self.files = RunFiles(path)
        if self.files.folder.path.is_file():
            raise UsageError(f"a run is a folder; {path} is a file")
        self.given = os.fspath(path)
        self.comparison = Comparison(self.files, truth_of)
        self._models = StepModels(self.files)
        self._lock = threading.Lock()

    def told(self, seen: str = "") -> dict[str, Any]:
        """Give all that is known of the run, or what changes all the time if no more.

        `seen` is the version that was given last.
        """
        self.comparison.begin()
        compared = self.comparison.told()
        version = _digest([self.files.version(), compared])
        always = {"version": version, "situation": self.files.situation()}
        if version == seen:
            return {"same": True, **always}
        told = self.files.told()
        return {
            "same": False,
            **always,
            "name": self.files.name,
            "rows": told.rows,
            "damaged": told.damaged,
            "samples": told.samples,
            "steps": list(self.files.steps()),
            "comparison": compared,
        }

    def next(
        self, text: str, step: int | None, sampler: Sampler, point: float
    ) -> dict[str, Any]:
        """Give the next tokens by the model of a step, beside those of the newest.

        Without a step, or with one before the first, it is the nearest that is kept.
        The columns are of this step's model, of the newest, and of the truth where it
        is known: `names` names them.
        Raises: UsageError if no model is kept.
        """
        with self._lock:
            steps = list(self.files.steps())
            if not steps:
                raise UsageError("no model of a step is kept in this run")
            newest = steps[-1]
            chosen = newest if step is None else closest(steps, step)
            asked = [self._models.of(chosen), self._models.of(newest)]
            names = ["step", "newest"]
            known = self.comparison.references
            truth = known.truth if known else None
            if truth is not None and truth.encoder.hash == asked[0].encoder.hash:
                asked.append(Asked(truth))
                names.append("truth")
            found = next_tokens(asked, text, sampler, point, TOP)
        return {"step": chosen, "newest": newest, "names": names, **found}


class StepModels:
    """The models of steps, opened when they are asked for; the last 16 stay open."""

    def __init__(self, files: RunFiles, most: int = OPEN) -> None:
        self._files, self._most = files, most
        self._open: OrderedDict[tuple[pathlib.Path, int], Asked] = OrderedDict()

    def __len__(self) -> int:
        return len(self._open)

    def of(self, step: int) -> Asked:
        """Give the model of a step.

        Raises: UsageError if there is none (any more), or it cannot be opened.
        """
        try:
            file = self._files.steps()[step]
            key = (file, file.stat().st_mtime_ns)
            if key not in self._open:
                self._open[key] = Asked(load(file))
        except (KeyError, OSError, KeraslmError) as error:
            raise UsageError(
                f"the model of step {step:,} is gone, or cannot be opened"
            ) from error
        self._open.move_to_end(key)
        if len(self._open) > self._most:
            self._open.popitem(last=False)
        return self._open[key]


def closest(steps: list[int], step: int) -> int:
    """Choose the last step up to the one wanted, or else the first."""
    return max((s for s in steps if s <= step), default=steps[0])


def _digest(value: Any) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()[:16]
