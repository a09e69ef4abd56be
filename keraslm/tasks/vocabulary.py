"""The words that a model of a task knows, and the tags or labels that it gives."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from keraslm.errors import CorpusError, ModelFileError, UsageError
from keraslm.tasks.columns import TaggedText
from keraslm.text.vocabulary import UNKNOWN

PADDING = "<pad>"
RESERVED = 2  # before the words: padding and the unknown
SHOWN = 8  # tags in a message


class TagVocabulary:
    """Words and tags with their ids: a word's id is its place, and so is a tag's.

    Id 0 is padding, which stands behind the last word of a sentence in a batch; id 1 is
    every word that is not in the list.
    """

    padding_id = 0
    unknown_id = 1

    def __init__(self, words: Sequence[str], tags: Sequence[str]) -> None:
        self.words = (PADDING, UNKNOWN, *words)
        self.tags = tuple(tags)
        self._ids = {word: id_ for id_, word in enumerate(words, start=2)}
        self._tag_ids = {tag: id_ for id_, tag in enumerate(tags)}

    @classmethod
    def of(
        cls, text: TaggedText, min_count: int = 1, more: Iterable[str] = ()
    ) -> "TagVocabulary":
        """Take the words that occur `min_count` times or more, and all tags.

        The other words of the text are unknown, but for `more`, which are known too.
        Raises: as `learn`.
        """
        words = (word for sentence in text.sentences for word in sentence.words)
        return cls.learn(text.name, words, text.tags, min_count, more)

    @classmethod
    def learn(
        cls,
        name: str,
        words: Iterable[str],
        tags: Iterable[str],
        min_count: int = 1,
        more: Iterable[str] = (),
    ) -> "TagVocabulary":
        """Take the words that occur `min_count` times or more, and all tags or labels.

        `more` are known too.

        Raises: CorpusError if there is one tag only, which leaves nothing to learn.
        """
        counts = Counter(words)
        different = sorted(set(tags))
        if len(different) == 1:
            raise CorpusError(
                f"{name} has one tag or label, {different[0]!r}, so there is nothing "
                "to learn; give a text with two or more"
            )
        often = sorted(word for word, n in counts.items() if n >= min_count)
        return cls(tuple(dict.fromkeys([*often, *more])), different)

    def ids(self, words: Iterable[str]) -> np.ndarray:
        """Give the ids of words.  Shapes: -> (words,) int32"""
        found = [self._ids.get(word, self.unknown_id) for word in words]
        return np.array(found, np.int32)

    def tag_ids(self, tags: Iterable[str]) -> np.ndarray:
        """Give the ids of tags, all of which must be known.  Shapes: -> (tags,) int32

        Raises: KeyError
        """
        return np.array([self._tag_ids[tag] for tag in tags], np.int32)

    def is_known(self, word: str) -> bool:
        """Say whether a word is in the list."""
        return word in self._ids

    def check_tags(self, text: TaggedText) -> None:
        """Refuse a text with a tag that the model cannot give.

        Raises: UsageError with the line of the first one.
        """
        for sentence in text.sentences:
            for word, tag, line in zip(
                sentence.words, sentence.tags, sentence.lines, strict=True
            ):
                if tag not in self._tag_ids:
                    raise UsageError(
                        f"{text.name}, line {line}: the tag {tag[:40]!r} of "
                        f"{word[:40]!r} is not in the training text, whose "
                        f"{len(self.tags)} tags are {self.listed()}; correct it, or "
                        "train on a text that has it"
                    )

    @property
    def hash(self) -> str:
        """The SHA-256 of words and tags, as hexadecimal digits."""
        return hashlib.sha256(json.dumps(self.to_dict()).encode()).hexdigest()

    def listed(self) -> str:
        """Name the first tags, for a message."""
        more = f" and {len(self.tags) - SHOWN} more" * (len(self.tags) > SHOWN)
        return ", ".join(self.tags[:SHOWN]) + more

    def to_dict(self) -> dict[str, Any]:
        """Give what a model file says of it."""
        return {"words": list(self.words[2:]), "tags": list(self.tags)}

    @classmethod
    def from_dict(cls, told: dict[str, Any], where: str) -> "TagVocabulary":
        """Read it from a model file.

        Raises: ModelFileError naming the file `where`, if it is damaged.
        """
        for name in ("words", "tags"):
            found = told.get(name)
            is_list = isinstance(found, list) and all(type(w) is str for w in found)
            if not is_list or len(set(found)) < len(found):  # type: ignore[arg-type]
                raise ModelFileError(
                    f"{where} is damaged: its {name} are no list of different texts"
                )
        if not told["tags"]:
            raise ModelFileError(f"{where} is damaged: it has no tags")
        return cls(told["words"], told["tags"])
