"""The card of a classifier: how many texts got their label, and how sure it was."""

import dataclasses
from collections.abc import Sequence
from typing import Any, Self

import numpy as np

from keraslm.accuracy import Accuracy
from keraslm.card import name_of_text
from keraslm.tasks.calibration import Reliability
from keraslm.tasks.card import accuracy_of, confusion_of, figures, titles_of
from keraslm.tasks.table import LabelledText
from keraslm.tasks.vocabulary import TagVocabulary
from keraslm.version import __version__

COUNTED = "every text of the table once"


@dataclasses.dataclass(frozen=True)
class LabelCard:
    """What was measured, on what, under which rules.

    Math:   accuracy = texts whose most probable label is that of the table / all texts
            F1 of a label = 2 right / (texts of the label + texts that got it)
            macro F1 = the mean of F1 over the labels of the text
            nats = the mean of -log P(label)
            calibration error: see `keraslm.tasks.calibration`
    Shapes: confusion (labels, labels): texts of the label of the row that got that of
            the column, in the order of `labels`
    Units: `seconds` wall-clock
    """

    model: str
    text: str
    text_sha256: str
    accuracy: Accuracy
    nats: float
    reliability: Reliability
    labels: tuple[str, ...]
    confusion: np.ndarray
    vocabulary_size: int
    seconds: float
    part: str = ""
    command: str = ""
    references: dict[str, float] = dataclasses.field(default_factory=dict)
    """What the accuracy is compared with: a baseline, and what is possible."""

    @classmethod
    def of(
        cls,
        model: str,
        vocabulary: TagVocabulary,
        text: LabelledText,
        shares: Sequence[np.ndarray],
        seconds: float,
        part: str = "",
        command: str = "",
    ) -> Self:
        """Compare the probabilities that a model gave with the labels of a table.

        Shapes: shares, of each text (labels,)
        """
        given = vocabulary.tag_ids(each.label for each in text.texts)
        told = np.stack(shares)
        found = told.argmax(axis=1)
        least = np.finfo(np.float32).tiny
        right = np.maximum(told[np.arange(len(given)), given], least)
        return cls(
            model,
            text.name,
            text.sha256,
            accuracy_of(given == found),
            max(0.0, -float(np.log(right).mean())),
            Reliability.of(told.max(axis=1), given == found),
            vocabulary.tags,
            confusion_of(given, found, len(vocabulary.tags)),
            len(vocabulary.words) - 2,
            seconds,
            part,
            command,
        )

    @property
    def name_of_text(self) -> str:
        """The text's name, and whether the model has learnt from it."""
        return name_of_text(self.text, self.part)

    def by_label(self) -> dict[str, dict[str, float]]:
        """Give the texts, the right ones and F1 of each label that the text has."""
        right, there = self.confusion.diagonal(), self.confusion.sum(axis=1)
        got = self.confusion.sum(axis=0)
        return {
            label: {
                "n": int(there[k]),
                "right": int(right[k]),
                "f1": float(2 * right[k] / (there[k] + got[k])),
            }
            for k, label in enumerate(self.labels)
            if there[k]
        }

    @property
    def macro_f1(self) -> float:
        """The mean of F1 over the labels of the text."""
        found = [each["f1"] for each in self.by_label().values()]
        return sum(found) / len(found)

    @property
    def titles(self) -> tuple[str, str]:
        """What stands above its picture."""
        return titles_of(self.model, self.accuracy)

    def to_dict(self) -> dict[str, Any]:
        """Give the card as the JSON object that is written and printed."""
        texts = self.accuracy.n
        return {
            "task": "classify",
            "model": self.model,
            "text": self.text,
            "part": self.part,
            "text_sha256": self.text_sha256,
            "counted": COUNTED,
            **figures(self.accuracy),
            "macro_f1": self.macro_f1,
            "nats": self.nats,
            "calibration_error": self.reliability.error,
            "reliability": self.reliability.to_list(),
            "references": self.references,
            "by_label": self.by_label(),
            "labels": list(self.labels),
            "confusion": self.confusion.tolist(),
            "vocabulary_size": self.vocabulary_size,
            "seconds": self.seconds,
            "texts_per_second": texts / self.seconds if self.seconds else None,
            "version": __version__,
            "command": self.command,
        }
