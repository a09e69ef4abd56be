"""The tokens a model knows, each with its id."""

import bisect
import hashlib
import itertools
import json
import operator
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from keraslm.errors import CorpusError, ModelFileError, UsageError
from keraslm.text.mapped import Ids, stretches
from keraslm.unicode import NOT_UNICODE, is_unicode

UNKNOWN = "<unk>"
LINE_START = "<s>"  # another name of the boundary, as context
BOUNDARIES = {"word": "</s>", "char": "\n"}


class Vocabulary:
    """A list of tokens; a token's id is its place.

    Id 0 is `<unk>`, every token that is not in the list. Id 1 is the line boundary:
    "\\n" for characters; `</s>` for words, also found as `<s>`, its name as context.

    Raises: ValueError if the two reserved tokens are not first, or a token is twice;
        UsageError, which is one, if a token is no Unicode text.
    """

    unknown_id = 0
    boundary_id = 1

    def __init__(
        self, tokens: Sequence[str], counts: Sequence[int] | None = None
    ) -> None:
        self.tokens = tuple(tokens)
        if self.tokens[0:1] != (UNKNOWN,) or len(self.tokens) < 2:
            raise ValueError(f"token 0 must be {UNKNOWN} and token 1 the boundary")
        if self.tokens[1] not in BOUNDARIES.values():
            raise ValueError(
                f"token 1 must be '</s>' or a newline; received {self.tokens[1]!r}"
            )
        self._ids = dict(zip(self.tokens, itertools.count()))
        if len(self._ids) < len(self.tokens):
            raise ValueError("a token occurs twice in the vocabulary")
        if not is_unicode("".join(self.tokens)):
            broken = next(token for token in self.tokens if not is_unicode(token))
            raise UsageError(f"the token {broken[:40]!r} is {NOT_UNICODE}")
        self.counts = _counts(counts, len(self.tokens))
        if self.level == "word":
            self._ids.setdefault(LINE_START, self.boundary_id)

    @classmethod
    def build(
        cls,
        counter: Mapping[str, int],
        level: str,
        size: int | None = None,
        min_count: int = 1,
    ) -> "Vocabulary":
        """The tokens of a training text by falling count, ties in the tokens' order.

        `size` is the largest number of tokens, the two reserved ones among them. What
        is left out, and `<unk>` in the text itself, is counted under `<unk>`.

        Raises: UsageError if `size` < 3 or `min_count` < 1 or no token is so frequent;
            CorpusError if the text has no tokens.
        """
        _check_limits(size, min_count)
        reserved = (UNKNOWN, BOUNDARIES[level])
        in_order = [t for t in sorted(counter) if counter[t] and t not in reserved]
        if not in_order:
            raise CorpusError(f"the training text has no tokens at the {level} level")
        in_order.sort(key=counter.__getitem__, reverse=True)  # ties stay in order
        room = len(in_order) if size is None else size - len(reserved)
        kept = in_order[:room]
        counts = [counter[token] for token in kept]
        enough = bisect.bisect_right(counts, -min_count, key=operator.neg)
        if not enough:
            raise UsageError(
                f"min_count {min_count} leaves no token: the most frequent one occurs "
                f"{counts[0]} times; give a lower `min_count`"
            )
        boundaries = counter.get(reserved[1], 0)
        counts = [boundaries, *counts[:enough]]
        unknown = sum(counter.values()) - sum(counts)
        return cls([*reserved, *kept[:enough]], [unknown, *counts])

    @property
    def level(self) -> str:
        """The level of the tokens: "word" or "char"."""
        return "word" if self.tokens[1] == BOUNDARIES["word"] else "char"

    @property
    def hash(self) -> str:
        """The SHA-256 of the list of tokens, as hexadecimal digits."""
        return hashlib.sha256(json.dumps(self.tokens).encode()).hexdigest()

    @property
    def ids(self) -> Mapping[str, int]:
        """The id of every token, and of `<s>` at the word level."""
        return self._ids

    def __len__(self) -> int:
        return len(self.tokens)

    def __getitem__(self, token: str) -> int:
        return self._ids[token]

    def __contains__(self, token: object) -> bool:
        return token in self._ids

    def get(self, token: str) -> int:
        """The id of a token, 0 if it is unknown."""
        return self._ids.get(token, self.unknown_id)

    def token(self, number: int) -> str:
        """The token of an id.

        Raises: IndexError if there is no such id.
        """
        if number < 0:
            raise IndexError(f"an id is 0 or more; received {number}")
        return self.tokens[number]

    def why_unmeasured(self, text: str, ids: Ids) -> str:
        """Say why a text of these ids has no figure, by the text's name; else "".

        It has no token, or, ends of lines aside, none that is in the vocabulary.
        """
        if not len(ids):
            return f"{text} has no token to measure"
        if self.knows_some(ids) or not self._has_unknown(ids):
            return ""
        return (
            f"no token of {text} is in the vocabulary of the model; give a text in the "
            f"language and at the level ({self.level}) that it learnt"
        )

    def _has_unknown(self, ids: Ids) -> bool:
        return any(bool((some == self.unknown_id).any()) for some in stretches(ids))

    def knows_some(self, ids: Ids) -> bool:
        """Whether ids hold a token of the vocabulary, ends of lines aside."""
        reserved = (self.unknown_id, self.boundary_id)
        return any(not np.isin(some, reserved).all() for some in stretches(ids))

    def to_dict(self) -> dict[str, Any]:
        """What JSON can hold and `from_dict` reads."""
        return {"tokens": list(self.tokens), "counts": self.counts.tolist()}

    @classmethod
    def from_dict(cls, data: Any) -> "Vocabulary":
        """Build the vocabulary that a model file holds.

        Raises: ModelFileError if it is not what `to_dict` gives.
        """
        tokens, counts = _checked_lists(data)
        try:
            return cls(tokens, counts)
        except (ValueError, OverflowError) as error:
            raise ModelFileError(f"the vocabulary is damaged: {error}") from error


def _counts(counts: Sequence[int] | None, size: int) -> npt.NDArray[np.int64]:
    array = np.zeros(size, np.int64) if counts is None else np.array(counts, np.int64)
    if array.shape != (size,) or array.min() < 0:
        raise ValueError(f"{size} tokens need {size} counts of 0 or more")
    array.flags.writeable = False
    return array


def _check_limits(size: int | None, min_count: int) -> None:
    if size is not None and size < 3:
        raise UsageError(
            "the vocabulary size counts <unk> and the line boundary, so it must be 3 "
            f"or more; received {size}"
        )
    if min_count < 1:
        raise UsageError(f"`min_count` must be 1 or more; received {min_count}")


def _checked_lists(data: Any) -> tuple[list[str], list[int] | None]:
    if not isinstance(data, dict):
        raise ModelFileError("the vocabulary is damaged: it is not a table")
    tokens, counts = data.get("tokens"), data.get("counts")
    if not isinstance(tokens, list) or set(map(type, tokens)) - {str}:
        raise ModelFileError("the vocabulary is damaged: tokens is not a list of text")
    whole = counts is None or (
        isinstance(counts, list) and not set(map(type, counts)) - {int}
    )
    if not whole:
        raise ModelFileError("the vocabulary is damaged: counts are not whole numbers")
    return tokens, counts
