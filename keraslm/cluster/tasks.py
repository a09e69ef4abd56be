"""What the workers of a cluster do: one function a step of the count.

Each is given what earlier ones returned, wherever that lies, and can be called again
when a worker was lost.
"""

import dataclasses
import socket
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from keraslm.cluster import merging
from keraslm.cluster.parts import Part, Piece
from keraslm.counts.ngrams import Ngrams, count_ngrams
from keraslm.errors import CorpusError, KeraslmError, UsageError
from keraslm.text.tokenizer import tokenizer_named
from keraslm.text.tokenizer_base import Known, Numbering, id_dtype
from keraslm.text.vocabulary import Vocabulary
from keraslm.version import __version__

BYTES_OF_TOKEN = 80  # in a list of strings


@dataclasses.dataclass(frozen=True)
class Tokens:
    """Different tokens, and how often each occurs.

    One object, and no dictionary: Dask would look at each of its strings.
    Shapes: counts (different tokens,)
    """

    tokens: list[str]
    counts: np.ndarray

    def __sizeof__(self) -> int:
        """About how many bytes there are, for a worker to know when to use its disk."""
        return self.counts.nbytes + BYTES_OF_TOKEN * len(self.tokens)


@dataclasses.dataclass(frozen=True)
class Numbered:
    """A part of a text, its tokens numbered as they come.

    Shapes: numbers (tokens,)
    """

    tokens: Tokens
    numbers: np.ndarray
    characters: int

    def __sizeof__(self) -> int:
        """About how many bytes there are."""
        return self.tokens.__sizeof__() + self.numbers.nbytes


@dataclasses.dataclass(frozen=True)
class Counted:
    """The n-grams of a part."""

    ngrams: Ngrams

    def __sizeof__(self) -> int:
        """How many bytes there are."""
        arrays = [*self.ngrams.counts, *self.ngrams.suffixes, self.ngrams.first_seen]
        keys = sum(level.keys.nbytes for level in self.ngrams.trie.levels)
        return keys + sum(array.nbytes for array in arrays)


def unreadable(pieces: Sequence[Piece]) -> str:
    """Say which files this worker cannot read as they were cut; "" if it can."""
    for piece in pieces:
        try:
            piece.check()
        except OSError as error:
            return f"{error.strerror}: {piece.path}"
        except KeraslmError as error:
            return str(error)
    return ""


def length(part: Part) -> int:
    """Count the characters of a part."""
    try:
        return part.length()
    except KeraslmError as error:
        raise _here(error) from error


def number(part: Part, tokenizer: str, version: str) -> Numbered:
    """Read a part and number its tokens.

    Raises: UsageError, CorpusError with the name of the machine
    """
    if version != __version__:
        raise _here(UsageError(f"keraslm is {__version__}, and {version} at the start"))
    numbers, lengths = Numbering(), [0]
    chunks = _metered(part.chunks(), lengths)
    try:
        arrays = tokenizer_named(tokenizer).number(chunks, numbers, np.uint32)
        found = np.concatenate([np.zeros(0, np.uint32), *arrays])
    except KeraslmError as error:
        raise _here(error) from error
    counts = np.bincount(found, minlength=len(numbers))
    return Numbered(Tokens(list(numbers), counts), found, sum(lengths))


def tokens_of(numbered: Numbered) -> Tokens:
    """Give the different tokens of a part, and how often each occurs."""
    return numbered.tokens


def sizes_of(numbered: Numbered) -> tuple[int, int]:
    """How many characters and tokens a part has."""
    return numbered.characters, len(numbered.numbers)


def add(parts: Sequence[Tokens]) -> Tokens:
    """Add up how often the tokens of several parts occur."""
    total = _counter(parts)
    return Tokens(list(total), np.fromiter(total.values(), np.int64, len(total)))


def vocabulary_of(
    parts: Sequence[Tokens], level: str, size: int | None, min_count: int
) -> Vocabulary:
    """Build the vocabulary of the text, as one process does.

    Raises: UsageError, CorpusError, as `Vocabulary.build`
    """
    return Vocabulary.build(_counter(parts), level, size, min_count)


def _counter(parts: Sequence[Tokens]) -> Counter[str]:
    total: Counter[str] = Counter()
    for part in parts:
        total.update(dict(zip(part.tokens, part.counts.tolist(), strict=True)))
    return total


def encode(numbered: Numbered, vocabulary: Vocabulary) -> np.ndarray:
    """Give the ids of a part. Shapes: -> (tokens,)."""
    known = Known(vocabulary.ids)
    tokens = numbered.tokens.tokens
    ids = np.fromiter(map(known.__getitem__, tokens), id_dtype(vocabulary), len(tokens))
    return ids[numbered.numbers]


def count(ids: np.ndarray, vocabulary_size: int, order: int, boundary: int) -> Counted:
    """Count the n-grams of a part."""
    return Counted(count_ngrams(ids, vocabulary_size, order, boundary))


def first_seen(counted: Counted) -> tuple[np.ndarray, np.ndarray]:
    """Give the words of a part, and where in it each first occurs."""
    first = counted.ngrams.first_seen
    words = np.flatnonzero(first >= 0)
    return merging.narrow(words), merging.narrow(first[words])


def run(
    counted: Counted, index: np.ndarray | None, order: int, vocabulary_size: int
) -> merging.Run:
    """Give a part's n-grams of one order by their keys in the text."""
    return merging.run_of_text(counted.ngrams, index, order, vocabulary_size)


def run_of(merged: merging.Merged) -> merging.Run:
    """Give the n-grams of a range."""
    return merged.run


def places_of(merged: merging.Merged, part: int) -> np.ndarray:
    """Say where the n-grams of a part are in a range."""
    return merged.places[part]


def _metered(chunks: Iterable[str], lengths: list[int]) -> Iterator[str]:
    for chunk in chunks:
        lengths.append(len(chunk))
        yield chunk


def _here(error: Exception) -> KeraslmError:
    kind = KeraslmError
    if isinstance(error, UsageError | CorpusError):
        kind = UsageError if isinstance(error, UsageError) else CorpusError
    return kind(f"on the worker {socket.gethostname()}: {error}")
