"""The folder RUN of a task's training."""

import csv
import os
from typing import Any

from keraslm.files.archive import redescribe
from keraslm.files.writing import write_atomically
from keraslm.tasks.options import TaskOptions
from keraslm.text.corpus import Corpus
from keraslm.training.folder import RunFolder


class TaskFolder(RunFolder):
    """The files of a run, whose picture has a name that says what it shows."""

    def __init__(self, path: str | os.PathLike[str], picture: str) -> None:
        super().__init__(path)
        self.picture = self.path / picture

    def write_history(self, rows: list[dict[str, Any]]) -> None:
        """Write a line for each epoch."""
        with (
            write_atomically(self.history) as temporary,
            temporary.open("w", encoding="utf-8", newline="") as file,
        ):
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)

    def finish(self, metadata: dict[str, Any], card: dict[str, Any]) -> None:
        """Write the card, also into the model."""
        metadata["card"] = card
        redescribe(self.model, metadata)
        self.write_card(card)


def default_folder(o: TaskOptions, corpus: Corpus) -> str:
    """Name the folder of a run that was given none."""
    name = corpus.name.split(".")[0].replace(" ", "-")
    return f"runs/{name}-{o.task}-{o.model}"


def check_backend_for(o: TaskOptions) -> None:
    """Refuse a network where Keras has no back end, before any work.

    Raises: UsageError
    """
    if o.is_network:
        from keraslm.backend import check_backend

        check_backend()
