"""The folder of a ladder: its files, by name."""

import os
import pathlib
import shutil

from keraslm.errors import UsageError
from keraslm.files import marker
from keraslm.files.destinations import check_file, check_folder, remove
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

    @property
    def _files(self) -> tuple[pathlib.Path, ...]:
        pictures = (self.picture, self.picture_by_size)
        return (self.results, self.markdown, *pictures, self.vectors)

    def create(self, overwrite: bool) -> None:
        """Make the folder; an earlier ladder in it goes, if it shall.

        Raises: UsageError if it cannot be made, or holds something else.
        """
        check_folder(self.path)
        try:
            marker.make_marked(self.path, marker.LADDER)
            is_ladder = marker.kind_written(self.path) == marker.LADDER
            if not is_ladder and not self.results.exists():
                raise UsageError(
                    f"{self.path} holds something else than a ladder; "
                    "give another folder"
                )
            for file in self._files:
                check_file(file)
            if overwrite:
                self._clear()
        except OSError as error:
            raise UsageError(
                f"cannot write to {self.path} ({error.strerror}); give another folder"
            ) from error

    def _clear(self) -> None:
        for file in self._files:
            remove(file)
        for name in NAMES:
            if self.run(name).exists():
                shutil.rmtree(self.run(name).resolve())  # of a link, what it leads to
