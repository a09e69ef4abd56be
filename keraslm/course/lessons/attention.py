"""Lesson 11: attention, and what a transformer needs beside it."""

import numpy as np

from keraslm.course.exercise import Cases, Draw, Lesson
from keraslm.course.formulas import softmax

LESSON = Lesson(11, "attention", "Attention")


def _times(draw: Draw) -> Cases:
    for time in (1, 2, 3, 6):
        yield (time,)


@LESSON.exercise(
    cases=_times,
    hints=(
        "The first token sees itself alone, the last one all.",
        "Look at the diagonal, and at which side of it is True.",
        "Is the row the token that looks, or the one that is looked at?",
    ),
    mistakes={
        "lets tokens see what comes after them": lambda time: np.triu(
            np.ones((time, time), bool)
        ),
        "hides a token from itself": lambda time: np.tril(
            np.ones((time, time), bool), -1
        ),
        "lets every token see all": lambda time: np.ones((time, time), bool),
        "marks what is hidden": lambda time: ~np.tril(np.ones((time, time), bool)),
        "lets a token see the one after it": lambda time: np.tril(
            np.ones((time, time), bool), 1
        ),
    },
    properties={
        "every token sees itself": lambda value, time: bool(
            np.all(np.diagonal(np.asarray(value)))
        ),
        "no token sees the future": lambda value, time: (
            not np.any(np.triu(np.asarray(value), 1))
        ),
    },
)
def causal_mask(time: int) -> np.ndarray:
    """Say which tokens each token may look at: mask[t, s] is True if t may look at s.

    Shapes: -> (time, time) bool
    """
    return np.tril(np.ones((time, time), bool))


def _queries(draw: Draw) -> Cases:
    for time, width, values in ((1, 1, 1), (2, 2, 1), (3, 4, 2), (6, 9, 3)):
        q, k = draw.normal(2, time, width)
        yield q, k, draw.normal(time, values)


def _attend(
    q: np.ndarray,
    k: np.ndarray,
    v: np.ndarray,
    mask: np.ndarray | None = None,
    power: float = 0.5,
    axis: int = -1,
) -> np.ndarray:
    scores = q @ k.T / k.shape[1] ** power
    if mask is not None:
        scores = np.where(mask, scores, -1e30)
    read: np.ndarray = softmax(scores, axis) @ v
    return read


def _past(q: np.ndarray) -> np.ndarray:
    return np.tril(np.ones((len(q), len(q)), bool))


@LESSON.exercise(
    cases=_queries,
    hints=(
        "Changing what comes later changes nothing; the first row is the first value.",
        "Look at when the mask is applied: before the softmax, or after it?",
        "What does the softmax make of a score of 0, and of one of minus infinity?",
    ),
    mistakes={
        "sees the future": _attend,
        "forgets to divide by the root of the width": lambda q, k, v: _attend(
            q, k, v, _past(q), power=0
        ),
        "divides by the width": lambda q, k, v: _attend(q, k, v, _past(q), power=1),
        "sums over the wrong axis": lambda q, k, v: _attend(q, k, v, _past(q), axis=0),
        "sets hidden scores to 0 before the softmax": lambda q, k, v: (
            softmax(q @ k.T / k.shape[1] ** 0.5 * _past(q)) @ v
        ),
        "hides after the softmax, and leaves the sum below one": lambda q, k, v: (
            softmax(q @ k.T / k.shape[1] ** 0.5) * _past(q) @ v
        ),
        "changes queries and keys round": lambda q, k, v: _attend(k, q, v, _past(q)),
    },
    properties={
        "the first token reads its own value alone": lambda value, q, k, v: np.allclose(
            value[0], v[0]
        ),
    },
)
def causal_attention(q: np.ndarray, k: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Read the values by scaled dot-product attention; no token sees a later one.

    Math:   softmax over s <= t of (q_t . k_s / sqrt(width)), times v_s, summed over s
    Shapes: q (time, width), k (time, width), v (time, values) -> (time, values)
    """
    return _attend(q, k, v, _past(q))


def _lookups(draw: Draw) -> Cases:
    for time, width, length in ((2, 1, 1), (3, 2, 2), (5, 3, 5), (8, 4, 5)):
        mask = np.arange(time) < length
        yield draw.normal(width), draw.normal(time, width), mask


@LESSON.exercise(
    cases=_lookups,
    hints=(
        "The weights sum to one, and those of padding are 0.",
        "Look at what the softmax sees of the padding.",
        "Is the context a mean of states, so within their range?",
    ),
    mistakes={
        "reads padding, too": lambda s, H, mask: softmax(H @ s) @ H,
        "sets the scores of padding to 0": lambda s, H, mask: softmax(H @ s * mask) @ H,
        "leaves out padding after the softmax": lambda s, H, mask: (
            (softmax(H @ s) * mask) @ H
        ),
        "reads the state with the highest score alone": lambda s, H, mask: H[mask][
            np.argmax(H[mask] @ s)
        ],
        "averages all words equally": lambda s, H, mask: H[mask].mean(axis=0),
        "forgets the softmax": lambda s, H, mask: (H[mask] @ s) @ H[mask],
    },
)
def read_source(state: np.ndarray, encoded: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Give what a decoder's state reads of the encoded sentence (Luong et al., 2015).

    mask[t] is True where there is a word, False where there is padding.

    Math:   a = softmax over the words t of (encoded_t . state),  sum of a_t encoded_t
    Shapes: state (units,), encoded (time, units), mask (time,) -> (units,)
    """
    read: np.ndarray = softmax(encoded[mask] @ state) @ encoded[mask]
    return read


def _position_cases(draw: Draw) -> Cases:
    yield from ((1, 2), (2, 4), (5, 8), (40, 16))


def _angles(time: int, width: int, base: float = 10_000) -> np.ndarray:
    rates = base ** (-np.arange(0, width, 2) / width)
    return np.outer(np.arange(time), rates)


def _interleaved(even: np.ndarray, odd: np.ndarray) -> np.ndarray:
    return np.stack([even, odd], axis=-1).reshape(len(even), -1)


def _positions(first: int, time: int, width: int) -> np.ndarray:
    angles = _angles(first + time, width)[first:]
    return _interleaved(np.sin(angles), np.cos(angles))


@LESSON.exercise(
    cases=_position_cases,
    hints=(
        "Position 0 is 0, 1, 0, 1 and so on.",
        "Look at which columns hold sines, and at the exponent.",
        "Do columns 2i and 2i + 1 have the same angle?",
    ),
    mistakes={
        "puts all sines before all cosines": lambda time, width: np.hstack(
            [np.sin(_angles(time, width)), np.cos(_angles(time, width))]
        ),
        "puts cosines first": lambda time, width: _interleaved(
            np.cos(_angles(time, width)), np.sin(_angles(time, width))
        ),
        "counts positions from 1": lambda time, width: _positions(1, time, width),
        "uses the base 1000": lambda time, width: _interleaved(
            np.sin(_angles(time, width, 1000)), np.cos(_angles(time, width, 1000))
        ),
        "gives each column an angle of its own": lambda time, width: np.where(
            np.arange(width) % 2 == 0,
            np.sin(np.outer(np.arange(time), 1e4 ** (-np.arange(width) / width))),
            np.cos(np.outer(np.arange(time), 1e4 ** (-np.arange(width) / width))),
        ),
    },
    properties={
        "sines and cosines lie between -1 and 1": lambda value, *given: bool(
            np.all(np.abs(value) <= 1)
        ),
        "the squares of a sine and its cosine sum to one": lambda value, time, width: (
            np.allclose(np.sum(np.asarray(value) ** 2, axis=1), width / 2)
        ),
    },
)
def positions(time: int, width: int) -> np.ndarray:
    """Give the sinusoidal positions of a transformer (Vaswani et al., 2017).

    Math:   P[t, 2i] = sin(t / 10000^(2i / width)),  P[t, 2i + 1] = cos of the same
    Shapes: -> (time, width); the width is even, the first position is 0
    """
    return _positions(0, time, width)


def _headed(draw: Draw) -> Cases:
    for time, heads, width in ((1, 2, 2), (2, 2, 4), (3, 1, 2), (4, 3, 6)):
        yield draw.normal(time, width), heads


@LESSON.exercise(
    cases=_headed,
    hints=(
        "A head sees every token, and its own columns of each.",
        "Look at the order of reshape and transpose.",
        "Do the numbers of one head and one token stand beside each other?",
    ),
    mistakes={
        "reshapes without a transpose, which mixes tokens": lambda x, heads: x.reshape(
            heads, len(x), -1
        ),
        "leaves the time first": lambda x, heads: x.reshape(len(x), heads, -1),
        "deals the columns out in turn": lambda x, heads: x.reshape(
            len(x), -1, heads
        ).transpose(2, 0, 1),
        "gives every head all columns": lambda x, heads: np.stack([x] * heads),
    },
    properties={
        "there are `heads` blocks of all tokens": lambda value, x, heads: (
            np.shape(value)[:2] == (heads, len(x))
        ),
    },
)
def split_heads(x: np.ndarray, heads: int) -> np.ndarray:
    """Cut each token's vector into one piece for each head, the first head first.

    Shapes: (time, width) -> (heads, time, width / heads)
    """
    return x.reshape(len(x), heads, -1).transpose(1, 0, 2)
