"""What a task's training has of its own, and what it is given."""

import abc
import dataclasses
import pathlib
from collections.abc import Mapping
from typing import Any

from keraslm.tasks.folder import TaskFolder
from keraslm.tasks.options import TaskOptions
from keraslm.training.reporter import Reporter


@dataclasses.dataclass(frozen=True)
class Training:
    """What every fit of a task needs beside its network.

    `identity` is what must be the same when it is resumed; `metadata` goes into the
    model's file.
    """

    options: TaskOptions
    folder: TaskFolder
    identity: dict[str, Any]
    metadata: dict[str, Any]
    reporter: Reporter


class Job(abc.ABC):
    """A model to be trained on texts that were read; `keraslm.tasks.run` trains it."""

    parts: dict[str, Any]
    """The texts by their part of the corpus; each has a name and a `sha256`."""
    hashes: Mapping[str, str]
    """What else must be the same when the training is resumed, such as the words."""

    @abc.abstractmethod
    def fit(self, t: Training) -> None:
        """Write the trained model into the folder; a network by `keraslm.tasks.fit`."""

    @abc.abstractmethod
    def load(self, path: pathlib.Path) -> Any:
        """Open it."""

    @abc.abstractmethod
    def card(self, model: Any, command: str) -> Any:
        """Measure it; `to_dict` of the card is what is written."""

    def draw(self, card: Any, path: pathlib.Path) -> None:
        """Draw the picture of the folder; called where the options name one."""
        raise NotImplementedError

    @property
    def measured(self) -> Any:
        """The test text, or else the validation text, or else the training text."""
        for part in ("test", "valid"):
            if part in self.parts:
                return self.parts[part]
        return self.parts["train"]
