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


@dataclasses.dataclass(frozen=True)
class Numbered:
    """The tokens of a part, numbered as they come.

    Shapes: numbers (tokens,), counts (different tokens,)
    """

    tokens: list[str]
    counts: np.ndarray
    numbers: np.ndarray
    characters: int


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
    return Numbered(list(numbers), counts, found, sum(lengths))


def tokens_of(numbered: Numbered) -> dict[str, int]:
    """Give the different tokens of a part, and how often each occurs."""
    return dict(zip(numbered.tokens, numbered.counts.tolist(), strict=True))


def sizes_of(numbered: Numbered) -> tuple[int, int]:
    """How many characters and tokens a part has."""
    return numbered.characters, len(numbered.numbers)


def add(counters: Sequence[dict[str, int]]) -> dict[str, int]:
    """Add up how often the tokens of several parts occur."""
    total: Counter[str] = Counter()
    for counter in counters:
        total.update(counter)
    return dict(total)


def vocabulary_of(
    counters: Sequence[dict[str, int]], level: str, size: int | None, min_count: int
) -> Vocabulary:
    """Build the vocabulary of the text, as one process does.

    Raises: UsageError, CorpusError, as `Vocabulary.build`
    """
    return Vocabulary.build(add(counters), level, size, min_count)


def encode(numbered: Numbered, vocabulary: Vocabulary) -> np.ndarray:
    """Give the ids of a part. Shapes: -> (tokens,)."""
    known = Known(vocabulary.ids)
    tokens = numbered.tokens
    ids = np.fromiter(
        map(known.__getitem__, tokens), id_dtype(vocabulary), len(tokens)
    )
    return ids[numbered.numbers]


def count(ids: np.ndarray, vocabulary_size: int, order: int, boundary: int) -> Ngrams:
    """Count the n-grams of a part."""
    return count_ngrams(ids, vocabulary_size, order, boundary)


def first_seen(ngrams: Ngrams) -> tuple[np.ndarray, np.ndarray]:
    """Give the words of a part, and where in it each first occurs."""
    words = np.flatnonzero(ngrams.first_seen >= 0)
    return merging.narrow(words), merging.narrow(ngrams.first_seen[words])


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
    kind = type(error) if type(error) in (UsageError, CorpusError) else KeraslmError
    return kind(f"on the worker {socket.gethostname()}: {error}")
