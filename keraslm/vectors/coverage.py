"""How much of a vocabulary has a vector, and how the rest starts."""

import dataclasses
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from keraslm.errors import UsageError
from keraslm.text.marks import JOINER
from keraslm.vectors.word_vectors import WordVectors

SHOWN = 10  # of the missing words
RESERVED = 2  # tokens before the words: <unk> and the boundary


class Counted(Protocol):
    """A list of tokens and how often each occurs, such as a `Vocabulary`."""

    @property
    def tokens(self) -> Sequence[str]:
        """The tokens, the reserved ones first."""

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """The counts, in their order."""

    def __len__(self) -> int: ...


@dataclasses.dataclass(frozen=True)
class Share:
    """So many of a vocabulary's words, and the tokens of the text that they are."""

    types: int
    tokens: int


@dataclasses.dataclass(frozen=True)
class Coverage:
    """Which words of a vocabulary have a vector; `<unk>` and `</s>` are not counted.

    `lowered` are those that have one only when they are lower-cased; `missing` names
    the most frequent words without one, with their counts.
    """

    words: Share
    found: Share
    lowered: Share
    missing: tuple[tuple[str, int], ...]

    def to_dict(self) -> dict[str, Any]:
        """Give the figures as JSON can hold them."""
        return dataclasses.asdict(self) | {"missing": dict(self.missing)}

    def notes(self) -> tuple[str, ...]:
        """Say it in lines for the user."""
        share = (
            f"{_percent(self.found.types, self.words.types)} of "
            f"{self.words.types:,} words and "
            f"{_percent(self.found.tokens, self.words.tokens)} of "
            f"{self.words.tokens:,} tokens have a vector; lower-cased, another "
            f"{_percent(self.lowered.types, self.words.types)} and "
            f"{_percent(self.lowered.tokens, self.words.tokens)}"
        )
        if not self.missing:
            return (share,)
        listed = ", ".join(f"{word!r} {count:,}" for word, count in self.missing)
        return (share, f"without a vector, the most frequent first: {listed}")


def word_of(token: str) -> str:
    """Give the word that a token is, without the mark that it follows without space."""
    return token.removeprefix(JOINER) or token


def rows_of(vectors: WordVectors, vocabulary: Counted) -> npt.NDArray[np.int64]:
    """Find the row of each token, as it is or else lower-cased; -1 where there is none.

    Shapes: -> (vocabulary,)
    """
    found = (_row(vectors, token) for token in vocabulary.tokens)
    return np.fromiter(found, np.int64, len(vocabulary))


def coverage(vectors: WordVectors, vocabulary: Counted) -> Coverage:
    """Measure how much of a vocabulary, and of the text it was counted on, has vectors.

    Raises: UsageError if no word has one.
    """
    tokens, counts = vocabulary.tokens[RESERVED:], vocabulary.counts[RESERVED:]
    exact = np.array([word_of(token) in vectors for token in tokens], bool)
    found = rows_of(vectors, vocabulary)[RESERVED:] >= 0
    if not found.any():
        shown = ", ".join(repr(token) for token in tokens[:5])
        raise UsageError(
            f"none of the {len(tokens):,} words of the vocabulary ({shown}, ...) has a "
            "vector; give vectors of the text's language"
        )
    missing = np.flatnonzero(~found)
    missing = missing[np.argsort(-counts[missing], kind="stable")][:SHOWN]
    return Coverage(
        _share(counts, np.ones(len(tokens), bool)),
        _share(counts, exact),
        _share(counts, found & ~exact),
        tuple((tokens[int(place)], int(counts[place])) for place in missing),
    )


def initial_rows(
    vectors: WordVectors, vocabulary: Counted, seed: int
) -> npt.NDArray[np.float32]:
    """Give the vectors that a model of a vocabulary starts from.

    Math:   E[w] = the vector of w, of w lower-cased where w has none, or else drawn
            E[w]_k ~ N(m_k, s_k^2), m_k and s_k the mean and the standard deviation of
            entry k over the words that are found
    Shapes: -> (vocabulary, width)
    """
    rows = rows_of(vectors, vocabulary)
    found = vectors.matrix[rows[rows >= 0]]
    mean = found.mean(axis=0, dtype=np.float64)
    spread = found.std(axis=0, dtype=np.float64)
    drawn = np.random.default_rng(seed).normal(mean, spread, (len(rows), vectors.width))
    drawn[rows >= 0] = found
    return drawn.astype(np.float32)


def _row(vectors: WordVectors, token: str) -> int:
    word = word_of(token)
    for form in (word, word.lower()):
        if form in vectors:
            return vectors.row(form)
    return -1


def _share(counts: npt.NDArray[np.int64], chosen: npt.NDArray[np.bool_]) -> Share:
    return Share(int(chosen.sum()), int(counts[chosen].sum()))


def _percent(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "none"
