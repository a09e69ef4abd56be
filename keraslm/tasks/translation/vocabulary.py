"""The tokens of a source and of a target: characters or words, each with its id."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple, Self

import numpy as np

from keraslm.errors import CorpusError, ModelFileError, UsageError
from keraslm.tasks.pairs import PairedText
from keraslm.text.vocabulary import UNKNOWN

LEVELS = ("char", "word")
NAMES = {"char": "characters", "word": "words"}
PADDING = "<pad>"
END = "</s>"
LONGEST = 1000  # tokens of a side


class Side:
    """The tokens of one side: a token's id is its place.

    Id 0 is padding in a source, and in a target `</s>`, which stands before its first
    token and behind its last one. Id 1 is every token that is not in the list.
    """

    unknown_id = 1

    def __init__(self, first: str, level: str, tokens: Iterable[str]) -> None:
        self.level = level
        self.tokens = (first, UNKNOWN, *tokens)
        self._ids = {token: id_ for id_, token in enumerate(self.tokens) if id_ > 1}

    @classmethod
    def learn(
        cls,
        first: str,
        level: str,
        texts: Iterable[str],
        min_count: int = 1,
        more: Iterable[str] = (),
    ) -> Self:
        """Take the tokens that occur `min_count` times or more, and `more`."""
        counts = Counter(token for text in texts for token in cut(text, level))
        own = (first, UNKNOWN)
        kept = sorted(t for t, n in counts.items() if n >= min_count and t not in own)
        return cls(first, level, dict.fromkeys([*kept, *more]))

    def split(self, text: str) -> list[str]:
        """Cut a text into tokens."""
        return cut(text, self.level)

    def join(self, tokens: Iterable[str]) -> str:
        """Put tokens together again."""
        return (" " if self.level == "word" else "").join(tokens)

    def ids(self, tokens: Iterable[str]) -> np.ndarray:
        """Give the ids of tokens.  Shapes: -> (tokens,) int32"""
        found = [self._ids.get(token, self.unknown_id) for token in tokens]
        return np.array(found, np.int32)

    def is_known(self, token: str) -> bool:
        """Say whether a token is in the list."""
        return token in self._ids


class PairVocabulary(NamedTuple):
    """The tokens of both sides."""

    source: Side
    target: Side

    @classmethod
    def learn(
        cls,
        text: PairedText,
        source_level: str,
        target_level: str,
        min_count: int = 1,
        more: Iterable[str] = (),
    ) -> Self:
        """Take the tokens of both sides that occur `min_count` times or more.

        `more` tokens of a source are known too.
        """
        sources = (pair.source for pair in text.pairs)
        targets = (pair.target for pair in text.pairs)
        return cls(
            Side.learn(PADDING, source_level, sources, min_count, more),
            Side.learn(END, target_level, targets, min_count),
        )

    @property
    def sizes(self) -> tuple[int, int]:
        """How many ids a source and a target have."""
        return len(self.source.tokens), len(self.target.tokens)

    def check_lengths(self, text: PairedText) -> None:
        """Refuse a text with a side of more than 1,000 tokens.

        Raises: CorpusError naming the pair.
        """
        for number, pair in enumerate(text.pairs, start=1):
            for name, side in zip(self._fields, self, strict=True):
                length = len(side.split(getattr(pair, name)))
                if length > LONGEST:
                    raise CorpusError(
                        f"{text.name}, pair {number}: the {name} has {length:,} "
                        f"{NAMES[side.level]}; a side may have {LONGEST:,}: cut it "
                        "into sentences"
                    )

    def check_source(self, text: str) -> list[str]:
        """Cut a source that is to be translated into its tokens.

        Raises: UsageError if it has none, more than 1,000, or a character that the
            training text had not; an unknown word is read as one.
        """
        tokens = self.source.split(text)
        what = NAMES[self.source.level]
        if not text.strip() or not tokens:
            raise UsageError("a text to translate needs at least one token")
        if len(tokens) > LONGEST:
            raise UsageError(
                f"the text has {len(tokens):,} {what}; {LONGEST:,} are read at most: "
                "translate it sentence by sentence"
            )
        unknown = [token for token in tokens if not self.source.is_known(token)]
        if unknown and self.source.level == "char":
            known = "".join(self.source.tokens[2:])
            raise UsageError(
                f"the character {unknown[0]!r} of {text[:40]!r} is not in the model's "
                f"training text; its characters are {known[:80]!r}"
            )
        return tokens

    @property
    def hash(self) -> str:
        """The SHA-256 of the tokens, as hexadecimal digits."""
        return hashlib.sha256(json.dumps(self.to_dict()).encode()).hexdigest()

    def to_dict(self) -> dict[str, Any]:
        """Give what a model file says of it."""
        return {
            name: {"level": side.level, "tokens": list(side.tokens[2:])}
            for name, side in zip(self._fields, self, strict=True)
        }

    @classmethod
    def from_dict(cls, told: dict[str, Any], where: str) -> Self:
        """Read it from a model file.

        Raises: ModelFileError naming the file `where`, if it is damaged.
        """
        sides = (
            _side(told.get(name), first, f"{where} is damaged: its tokens of a {name}")
            for name, first in zip(cls._fields, (PADDING, END), strict=True)
        )
        return cls(*sides)


def _side(told: Any, first: str, said: str) -> Side:
    table = told if isinstance(told, dict) else {}
    tokens, level = table.get("tokens"), table.get("level")
    is_list = isinstance(tokens, list) and all(type(t) is str for t in tokens)
    if not is_list or len({*tokens, first, UNKNOWN}) != len(tokens) + 2:  # type: ignore[misc, arg-type]
        raise ModelFileError(f"{said} are no list of different texts")
    if level not in LEVELS:
        raise ModelFileError(f"{said} are neither characters nor words")
    return Side(first, level, tokens)  # type: ignore[arg-type]


def cut(text: str, level: str) -> list[str]:
    """Cut a text into its characters, or its words between white space."""
    return list(text) if level == "char" else text.split()
