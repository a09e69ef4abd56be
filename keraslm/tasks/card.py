"""The card of a tagger: how many words got their tag, and what was counted."""

import dataclasses
from collections.abc import Sequence
from typing import Any, Self

import numpy as np

from keraslm.accuracy import Accuracy
from keraslm.card import name_of_text
from keraslm.tasks.columns import TaggedText
from keraslm.tasks.vocabulary import TagVocabulary
from keraslm.version import __version__

UNKNOWN_RULE = "a word is unknown if the model's vocabulary lacks it"
COUNTED = "every word of the text once, punctuation too"


@dataclasses.dataclass(frozen=True)
class TaggingCard:
    """What was measured, on what, under which rules.

    Math:   accuracy = words whose most probable tag is that of the text / all words
    Shapes: confusion (tags, tags): words of the tag of the row that got that of the
            column, tags in the order of `tags`
    Units: `seconds` wall-clock
    """

    model: str
    text: str
    text_sha256: str
    sentences: int
    accuracy: Accuracy
    unknown: Accuracy
    tags: tuple[str, ...]
    confusion: np.ndarray
    vocabulary_size: int
    seconds: float
    part: str = ""
    """Of the model's corpus: train, valid, test, or whole, from which they were cut."""
    command: str = ""
    references: dict[str, float] = dataclasses.field(default_factory=dict)
    """What the accuracy is compared with: a baseline, and what is possible."""

    @classmethod
    def of(
        cls,
        model: str,
        vocabulary: TagVocabulary,
        text: TaggedText,
        best: Sequence[np.ndarray],
        seconds: float,
        part: str = "",
        command: str = "",
    ) -> Self:
        """Compare the tags that a model gave with those of the text."""
        given = np.concatenate([vocabulary.tag_ids(s.tags) for s in text.sentences])
        found = np.concatenate(best)
        unknown = np.array(
            [not vocabulary.is_known(w) for s in text.sentences for w in s.words]
        )
        return cls(
            model,
            text.name,
            text.sha256,
            len(text.sentences),
            accuracy_of(given == found),
            accuracy_of((given == found)[unknown]),
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

    def by_tag(self) -> dict[str, Accuracy]:
        """Give the accuracy of the words of each tag, the commonest tag first."""
        totals = self.confusion.sum(axis=1)
        order = np.argsort(-totals, kind="stable")
        right = self.confusion.diagonal()
        return {
            self.tags[k]: Accuracy(int(right[k]), int(totals[k] - right[k]), 0)
            for k in order
            if totals[k]
        }

    def errors(self) -> list[tuple[str, str, int]]:
        """Give what was taken for what, and how often; the commonest error first."""
        wrong = self.confusion - np.diag(self.confusion.diagonal())
        rows, columns = np.nonzero(wrong)
        found = [
            (self.tags[r], self.tags[c], int(wrong[r, c]))
            for r, c in zip(rows, columns, strict=True)
        ]
        return sorted(found, key=lambda error: -error[2])

    @property
    def titles(self) -> tuple[str, str]:
        """What stands above its picture."""
        return titles_of(self.model, self.accuracy)

    def to_dict(self) -> dict[str, Any]:
        """Give the card as the JSON object that is written and printed."""
        words = self.accuracy.n
        return {
            "task": "tag",
            "model": self.model,
            "text": self.text,
            "part": self.part,
            "text_sha256": self.text_sha256,
            "counted": COUNTED,
            "sentences": self.sentences,
            "words": words,
            **figures(self.accuracy),
            "references": self.references,
            "unknown": {"rule": UNKNOWN_RULE, **figures(self.unknown)},
            "by_tag": {tag: figures(found) for tag, found in self.by_tag().items()},
            "tags": list(self.tags),
            "confusion": self.confusion.tolist(),
            "vocabulary_size": self.vocabulary_size,
            "seconds": self.seconds,
            "words_per_second": words / self.seconds if self.seconds else None,
            "version": __version__,
            "command": self.command,
        }


def accuracy_of(right: np.ndarray) -> Accuracy:
    """Count right and wrong answers.  Shapes: (answers,) of bool"""
    return Accuracy(int(right.sum()), int((~right).sum()), 0)


def confusion_of(given: np.ndarray, found: np.ndarray, size: int) -> np.ndarray:
    """Count what was taken for what: a row for the right one, a column for the other.

    Shapes: given, found (answers,) -> (size, size)
    """
    pairs = np.bincount(given * size + found, minlength=size * size)
    return pairs.reshape(size, size)


def figures(accuracy: Accuracy) -> dict[str, float | None]:
    """Give n, the right ones, the share and its interval; of none there is no share."""
    told = accuracy.to_dict()
    names = ("n", "right", "accuracy", "low", "high")
    return {name: told[name] if accuracy.n or name == "n" else None for name in names}


def titles_of(model: str, accuracy: Accuracy) -> tuple[str, str]:
    """Say above a picture of what was taken for what, whose it is and what is right."""
    right = f"{accuracy.share:.2%} of {accuracy.n:,} are right"
    return f"{model}: what was taken for what", right
