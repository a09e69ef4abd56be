"""A text as what a masked network reads: lines, or pieces of them, between their ends.

Math:   the network's ids are 0, padding; 1, the mask; 2 + i, token i of the vocabulary
        a piece is </s> w_1 .. w_n </s>, of which w_1 .. w_n can be masked
"""

from collections.abc import Sequence

import numpy as np

PADDING, MASK, FIRST = 0, 1, 2
ENDS = 2  # of a piece: the boundary before it and behind it


def lines_of(ids: np.ndarray, boundary_id: int) -> list[np.ndarray]:
    """Cut the ids of a text at its line ends, which go; empty lines go too."""
    ids = np.asarray(ids, np.int32)
    ends = np.flatnonzero(ids == boundary_id)
    lines = np.split(ids, ends)
    lines[1:] = [line[1:] for line in lines[1:]]
    return [line for line in lines if len(line)]


def pieces_of(
    lines: Sequence[np.ndarray], boundary_id: int, context: int
) -> list[np.ndarray]:
    """Put every line between boundaries, a long one in pieces of `context` tokens."""
    return [
        framed(line[start : start + context], boundary_id)
        for line in lines
        for start in range(0, len(line), context)
    ]


def framed(tokens: Sequence[int] | np.ndarray, boundary_id: int) -> np.ndarray:
    """Give the network's ids of a piece.  Shapes: (n,) -> (n + 2,)"""
    return np.array([boundary_id, *tokens, boundary_id], np.int32) + FIRST


def evenly_spaced(lines: Sequence[np.ndarray], most: int | None) -> list[np.ndarray]:
    """Take lines from all of a text, evenly spaced, of about `most` tokens in all."""
    total = sum(map(len, lines))
    if most is None or total <= most:
        return list(lines)
    number = max(1, len(lines) * most // total)
    return [lines[k * len(lines) // number] for k in range(number)]


def each_masked(piece: np.ndarray) -> np.ndarray:
    """Give a piece once for each of its tokens, with that one masked.

    Shapes: (n + 2,) -> (n, n + 2)
    """
    number = len(piece) - ENDS
    rows = np.repeat(piece[None], number, axis=0)
    rows[np.arange(number), np.arange(1, number + 1)] = MASK
    return rows
