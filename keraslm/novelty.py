"""How much of a written text is new, and what is copied from the training text.

Math:   L_i = the length of the longest stretch y_i y_{i+1} .. that the corpus has;
        an n-gram y_i .. y_{i+n-1} is novel if L_i < n
References: McCoy, Smolensky, Linzen, Gao & Celikyilmaz (2023), novelty of n-grams;
    Manber & Myers (1993), suffix arrays by doubling.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np


@dataclasses.dataclass(frozen=True)
class Copy:
    """A stretch of a written text that the corpus has too, and that cannot grow."""

    text: int
    """The number of the written text, from 0."""
    start: int
    length: int


@dataclasses.dataclass(frozen=True)
class Novelty:
    """What was found of several written texts.

    Shapes: lengths (tokens,) a text, L_i of each of its tokens
    """

    lengths: list[np.ndarray]

    def of(self, texts: slice) -> "Novelty":
        """Give what was found of some of the texts."""
        return Novelty(self.lengths[texts])

    def novel(self, n: int) -> tuple[int, int]:
        """Count the novel n-grams, and all; each occurrence counts."""
        grams = [lengths[: max(len(lengths) - n + 1, 0)] for lengths in self.lengths]
        return sum(int((g < n).sum()) for g in grams), sum(map(len, grams))

    def longest(self, number: int) -> list[Copy]:
        """Give the longest copied stretches, none within another of the same place."""
        copies = [
            Copy(text, int(start), int(lengths[start]))
            for text, lengths in enumerate(self.lengths)
            for start in _starts(lengths)
        ]
        return sorted(copies, key=lambda copy: -copy.length)[:number]


def _starts(lengths: np.ndarray) -> np.ndarray:
    """Find where a stretch begins that does not lie within the one before it."""
    before = np.append(0, lengths[:-1])
    found: np.ndarray = np.flatnonzero((lengths > 0) & (lengths >= before))
    return found


def novelty(corpus: np.ndarray, written: Sequence[np.ndarray]) -> Novelty:
    """Compare written texts with a corpus, as ids.

    A suffix array of the corpus and the texts together puts each place of a text beside
    the places of the corpus that go on as it does for longest.

    Shapes: corpus (tokens,), each text (tokens,)
    """
    ids, starts = _joined(corpus, written)
    order = suffix_array(ids, longest=max(map(len, written), default=0) + 1)
    lengths = _longest_matches(ids, order, len(corpus))
    return Novelty(
        [lengths[s : s + len(t)] for s, t in zip(starts, written, strict=True)]
    )


def _joined(
    corpus: np.ndarray, written: Sequence[np.ndarray]
) -> tuple[np.ndarray, list[int]]:
    """Put all texts behind each other, each ended by an id that occurs once.

    The starts are those of the written texts, counted from the corpus's end.
    """
    texts = [np.asarray(text, np.int64) for text in (corpus, *written)]
    first_end = max((int(t.max()) for t in texts if len(t)), default=0) + 1
    ended = [np.append(text, first_end + k) for k, text in enumerate(texts)]
    starts = np.cumsum([len(text) for text in ended]) - len(ended[0])
    return np.concatenate(ended), starts[:-1].tolist()


def suffix_array(ids: np.ndarray, longest: int) -> np.ndarray:
    """Sort the places of a text by what follows them, up to so many tokens.

    Places are sorted by their first tokens, then those that are still equal by twice,
    four times .. as many: the rank of the place so far ahead is known.

    Shapes: (tokens,) -> (tokens,), places
    """
    keys, length = _packed(ids)
    order = np.argsort(keys)
    rank = np.empty(len(ids), np.int64)
    equal = np.arange(len(ids))  # positions in `order` that are not sorted out yet
    keys = keys[order]
    while True:
        is_first = np.append(True, keys[1:] != keys[:-1])
        firsts = np.maximum.accumulate(np.where(is_first, equal, 0))
        rank[order[equal]] = firsts
        is_alone = is_first & np.append(is_first[1:], True)
        equal = equal[~is_alone]
        if not len(equal) or length >= longest:
            return order
        places = order[equal]
        ahead = places + length
        inside = ahead < len(ids)
        keys = rank[places] * (len(ids) + 1)
        keys[inside] += 1 + rank[ahead[inside]]
        by_key = np.argsort(keys)
        order[equal], keys = places[by_key], keys[by_key]
        length *= 2


def _packed(ids: np.ndarray) -> tuple[np.ndarray, int]:
    """Give each place one number for as many of its tokens as 63 bits hold."""
    bits = int(ids.max() + 1).bit_length()
    length = max(63 // bits, 1)
    padded = np.append(ids + 1, np.zeros(length, np.int64))  # 0: after the end
    keys = np.zeros(len(ids), np.int64)
    for ahead in range(length):
        keys = (keys << bits) | padded[ahead : ahead + len(ids)]
    return keys, length


def _longest_matches(ids: np.ndarray, order: np.ndarray, corpus: int) -> np.ndarray:
    """Give L of each place behind the corpus: the better of its neighbours in it."""
    positions = np.arange(len(order))
    is_corpus = order < corpus
    before = np.maximum.accumulate(np.where(is_corpus, positions, -1))
    after = np.minimum.accumulate(np.where(is_corpus, positions, len(order))[::-1])[
        ::-1
    ]
    here = np.flatnonzero(order > corpus)
    result = np.zeros(len(order) - corpus - 1, np.int64)
    for neighbours in (before[here], after[here]):
        known = (neighbours >= 0) & (neighbours < len(order))
        places, others = order[here[known]], order[neighbours[known]]
        at = places - corpus - 1
        result[at] = np.maximum(result[at], _agreement(ids, places, others))
    return result


def _agreement(ids: np.ndarray, ones: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Count the tokens for which two places go on alike; shapes: (pairs,)."""
    lengths = np.zeros(len(ones), np.int64)
    alike = np.arange(len(ones))
    length = 0
    while len(alike):
        same = ids[ones[alike] + length] == ids[others[alike] + length]
        alike, length = alike[same], length + 1
        lengths[alike] = length
    return lengths
