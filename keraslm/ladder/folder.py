"""The folder of a ladder: its files, by name."""

import os
import pathlib
import shutil

from keraslm.errors import UsageError
from keraslm.ladder.rungs import NAMES


class LadderFolder:
    """Where the results are, and the run of each rung."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = pathlib.Path(path)
        self.results = self.path / "ladder.json"
        self.markdown = self.path / "ladder.md"
        self.picture = self.path / "ladder.png"
        self.picture_by_size = self.path / "ladder-size.png"
        self.vectors = self.path / "vectors.txt"

    def run(self, rung: str) -> pathlib.Path:
        """Name the folder RUN of a rung."""
        return self.path / rung

    def create(self, overwrite: bool) -> None:
        """Make the folder; an earlier ladder in it goes, if it shall.

        Raises: UsageError if it cannot be made, or holds something else.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            if not self.results.exists() and any(self.path.iterdir()):
                raise UsageError(
                    f"{self.path} holds something else than a ladder; "
                    "give another --out"
                )
            if overwrite:
                self._clear()
        except OSError as error:
            raise UsageError(
                f"cannot write to {self.path} ({error.strerror}); give another --out"
            ) from error

    def _clear(self) -> None:
        pictures = (self.picture, self.picture_by_size)
        for file in (self.results, self.markdown, *pictures, self.vectors):
            file.unlink(missing_ok=True)
        for name in NAMES:
            if self.run(name).exists():
                shutil.rmtree(self.run(name))
