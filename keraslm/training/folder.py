"""The folder RUN: what a run leaves behind."""

import contextlib
import json
import math
import os
import pathlib
import shlex
from collections.abc import Iterator
from typing import Any

from keraslm.checkpoints.checkpoint import place_of
from keraslm.errors import Terminated, TrainingError, UsageError
from keraslm.files import marker
from keraslm.files.archive import MODEL_IN_RUN
from keraslm.files.destinations import check_file, check_folder, remove
from keraslm.files.writing import leftovers, write_atomically
from keraslm.language_model import LanguageModel
from keraslm.training.board import EVENTS
from keraslm.training.lock import locked
from keraslm.training.options import to_toml

LOCK = ".lock"  # held while a process trains in the folder
SAMPLE_TOKENS = {"char": 300, "word": 60}  # of each of its samples


class RunFolder:
    """The files of a run, by name."""

    holds = marker.RUN
    way_out = (
        "give another `out`, `resume=True` to go on, or `overwrite=True` to replace it"
    )

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = pathlib.Path(path)
        self.model = self.path / MODEL_IN_RUN
        self.configuration = self.path / "config.toml"
        self.history = self.path / "history.csv"
        self.samples = self.path / "samples.txt"
        self.card = self.path / "card.json"
        self.picture = self.path / "perplexity.png"
        self.checkpoint = self.path / "checkpoint.zip"
        self.board = self.path / "tensorboard"

    @property
    def files(self) -> tuple[pathlib.Path, ...]:
        """All files that a run writes."""
        return (
            self.model,
            self.configuration,
            self.history,
            self.samples,
            self.card,
            self.picture,
            self.checkpoint,
        )

    def model_of_step(self, step: int) -> pathlib.Path:
        """Name the file of the model after a step."""
        return self.path / "checkpoints" / f"step-{step:09}.keras"

    @property
    def models_of_steps(self) -> list[pathlib.Path]:
        """The models kept of single steps, the oldest first."""
        return sorted(self.path.glob("checkpoints/step-*.keras"))

    @property
    def way_to_go_on(self) -> str:
        """The command that goes on with the run."""
        return f"continue with: keraslm resume {shlex.quote(str(self.path))}"

    def check(self, overwrite: bool) -> None:
        """Refuse a folder that holds a run, or that cannot be one.

        Raises: UsageError
        """
        check_folder(self.path)
        there = [file.name for file in self.files if file.exists()]
        if there and not overwrite:
            raise UsageError(
                f"{self.path} holds {self.holds} already ({', '.join(there)}); "
                + self.way_out
            )
        if self.path.is_dir():
            for file in self.files:
                check_file(file)

    @property
    def cleared(self) -> list[pathlib.Path]:
        """The files of an earlier run that do not wait for the new one's model."""
        written = [self.checkpoint, self.configuration, self.history, self.samples]
        return [*written, *self.models_of_steps, *self.board.glob(EVENTS)]

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Make the folder and keep other runs out of it; an empty one goes at the end.

        Raises: UsageError if it cannot be made, or another process is training in it.
        """
        self._make()
        try:
            with locked(self.path / LOCK):
                yield
        finally:
            for folder in (self.board, self.path):
                with contextlib.suppress(OSError):  # it holds something
                    folder.rmdir()

    @contextlib.contextmanager
    def unless_nothing_came(self) -> Iterator[None]:
        """Leave nothing of a run that ends by an error before it came to anything.

        What an earlier run left in the folder stays.
        """
        had_files = any(file.exists() for file in self.files)
        try:
            yield
        except BaseException:
            if not had_files and not self._holds_work():
                for file in (*self.cleared, self.path / marker.MARK):
                    file.unlink(missing_ok=True)
            raise

    @contextlib.contextmanager
    def saying_how_to_go_on(self) -> Iterator[None]:
        """Add to an error that may pass what to do then."""
        try:
            yield
        except Terminated as error:
            line = f"{error}; {self.way_to_go_on}"
            raise Terminated(line, error.signal_number) from error
        except BrokenPipeError:  # whoever watches the run has gone
            raise
        except OSError as error:
            raise TrainingError(
                f"cannot write to {self.path} ({error.strerror or error}); what was "
                f"written stays; once it can, {self.way_to_go_on}"
            ) from error

    def where_to_go_on(self) -> str:
        """Say which step the checkpoint is of, and how to go on from there."""
        if not self.checkpoint.exists():
            return "no checkpoint had been written yet: start it again"
        epoch, step = place_of(self.checkpoint)
        return (
            f"{self.checkpoint} is of epoch {epoch + 1}, step {step}; "
            f"{self.way_to_go_on}"
        )

    def _holds_work(self) -> bool:
        """Say whether there is a model, a checkpoint or a row of a history."""
        history = self.history.read_bytes() if self.history.exists() else b""
        rows = history.count(b"\n") > 1
        return rows or self.model.exists() or self.checkpoint.exists()

    def _make(self) -> None:
        try:
            marker.make_marked(self.path, self.holds)
        except OSError as error:
            raise self._unwritable(error) from error

    def sweep(self) -> None:
        """Remove the temporary files of a run that was killed."""
        for file in (*self.files, self.path / "checkpoints" / "step-*.keras"):
            for temporary in leftovers(file):
                temporary.unlink()

    def create(self) -> None:
        """Make the folder; of an earlier run the model stays, its card and picture.

        Raises: UsageError if it cannot be made.
        """
        self._make()
        try:
            for file in self.cleared:
                remove(file)
        except OSError as error:
            raise self._unwritable(error) from error

    def _unwritable(self, error: OSError) -> UsageError:
        return UsageError(
            f"cannot write to {self.path} ({error.strerror}); give another `out`"
        )

    def restore(self, step: int, best: bytes | None) -> None:
        """Go back to a step: to its best model, and to the models kept before it."""
        for file in self.models_of_steps:
            if file > self.model_of_step(step):
                file.unlink()
        if best is None:
            return
        remove(self.card)
        remove(self.picture)
        with write_atomically(self.model) as temporary:
            temporary.write_bytes(best)

    def keep(self, model: LanguageModel) -> None:
        """Write `model.keras`; the card and the picture of the one before go."""
        remove(self.card)
        remove(self.picture)
        model.save(self.model)

    def write_configuration(self, options: dict[str, Any]) -> None:
        """Write `config.toml`, enough to run it again with --config."""
        with write_atomically(self.configuration) as temporary:
            temporary.write_text(to_toml(options), encoding="utf-8")

    def write_card(self, card: dict[str, Any]) -> None:
        """Write `card.json`; an infinite or undefined figure is null, as JSON asks."""
        card = {k: None if _is_no_number(v) else v for k, v in card.items()}
        text = json.dumps(card, ensure_ascii=False, indent=2, allow_nan=False)
        with write_atomically(self.card) as temporary:
            temporary.write_text(text + "\n", encoding="utf-8")


def _is_no_number(value: Any) -> bool:
    return isinstance(value, float) and not math.isfinite(value)
