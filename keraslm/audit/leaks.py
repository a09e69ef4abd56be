"""What of a test text was known before the test: its words, its lines, its passages."""

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from keraslm.audit.check import Check
from keraslm.text.borders import recut
from keraslm.text.encoder import TextEncoder
from keraslm.text.mapped import STRETCH, release, stretches
from keraslm.text.text import Text

PASSAGE = {"word": 8, "char": 40}  # tokens
MULTIPLIER = np.uint64(6364136223846793005)  # odd: Knuth's, of his MMIX generator

Hashes = npt.NDArray[np.uint64]


def audit_texts(encoder: TextEncoder, train: Text, test: Text) -> list[Check]:
    """Compare a test text with the training text, each read in stretches.

    A vocabulary that has words of the test text alone was made with the test text;
    what the two share is reported: it may be the nature of the texts.
    Raises: CorpusError if a text cannot be read.
    """
    train_ids, test_ids = encoder.encode(train), encoder.encode(test)
    length = PASSAGE[encoder.vocabulary.level]
    return [
        _vocabulary_leak(train_ids, test_ids, len(encoder.vocabulary)),
        Check(
            "lines in training",
            _shared_lines(train, test),
            None,
            "of the test text's different lines",
        ),
        Check(
            "passages in training",
            _shared_passages(train_ids, test_ids, length),
            None,
            f"of the test text's different stretches of {length} tokens",
        ),
    ]


def _vocabulary_leak(train: np.ndarray, test: np.ndarray, size: int) -> Check:
    """Count tokens with an id that occur in the test text but not in training."""
    leaked = _occurs(test, size) & ~_occurs(train, size)
    leaked[:2] = False  # the unknown token and the line end are there anyway
    meaning = "of the vocabulary is in the test text but not in training"
    return Check("vocabulary leak", float(leaked.mean()), 0.0, meaning)


def _occurs(ids: np.ndarray, size: int) -> npt.NDArray[np.bool_]:
    found = np.zeros(size, bool)
    for some in stretches(ids):
        found[some] = True
    return found


def _shared_lines(train: Text, test: Text) -> float:
    """Give the share of the test text's lines that training has, empty ones aside."""
    wanted = {line for line in _lines(test) if line}
    found = {line for line in _lines(train) if line in wanted}
    return _share(len(found), len(wanted))


def _lines(text: Text) -> Iterator[str]:
    for piece in recut(text.chunks(), "\n".__eq__):
        yield from (line.strip() for line in piece.split("\n"))


def _shared_passages(train: np.ndarray, test: np.ndarray, length: int) -> float:
    """Give the share of the test text's n-grams that training has, by their hashes."""
    wanted = _distinct(_passages(test, length))
    found = np.zeros(len(wanted), bool)
    for hashes in _passages(train, length):
        found |= np.isin(wanted, hashes)
    return _share(int(found.sum()), len(wanted))


def _passages(ids: np.ndarray, length: int) -> Iterator[Hashes]:
    """Hash every n-gram.

    Math:   hash_t = sum_k x_{t+k} a^(n-k) modulo 2^64
    """
    last = len(ids) - length + 1
    for start in range(0, last, STRETCH):
        stop = min(start + STRETCH, last)
        total = np.zeros(stop - start, np.uint64)
        for k in range(length):
            following = ids[start + k : stop + k].astype(np.uint64) + np.uint64(1)
            total = (total + following) * MULTIPLIER
        release(ids)
        yield total


def _distinct(arrays: Iterable[Hashes]) -> Hashes:
    found = np.zeros(0, np.uint64)
    for array in arrays:
        found = np.union1d(found, array)
    return found


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
