"""The folder RUN of a task's training."""

import os

from keraslm.tasks.options import TaskOptions
from keraslm.text.corpus import Corpus
from keraslm.training.epoch_folder import EpochFolder


class TaskFolder(EpochFolder):
    """The files of a run, whose picture has a name that says what it shows."""

    def __init__(self, path: str | os.PathLike[str], picture: str | None) -> None:
        super().__init__(path)
        self.picture = self.path / (picture or self.picture.name)


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
