"""Lesson 9: how a model writes: temperature, top k, top p, a draw; and what is new."""

import numpy as np

from keraslm.course.exercise import Cases, Draw, Lesson
from keraslm.course.formulas import shares, softmax, sums_to_one
from keraslm.sampling.sampler import pick
from keraslm.sampling.top_k import keep_top_k
from keraslm.sampling.top_p import keep_top_p

LESSON = Lesson(9, "characters", "Characters")


def _tempered(draw: Draw) -> Cases:
    yield np.array([0.0, 1.0]), 1.0
    for words, temperature in ((2, 0.5), (3, 2.0), (6, 0.1), (9, 1.3)):
        yield 2 * draw.normal(words), temperature
    yield np.array([0.0, 300.0, 299.0]), 0.1


@LESSON.exercise(
    cases=_tempered,
    hints=(
        "The probabilities sum to one; the colder, the larger the largest one.",
        "Look at what the temperature divides, and at when.",
        "Is 1 / temperature a power of the probabilities, or a factor of them?",
    ),
    mistakes={
        "multiplies by the temperature": lambda z, T: softmax(z * T),
        "divides the probabilities, which changes nothing": lambda z, T: softmax(z),
        "divides the probabilities and leaves their sum": lambda z, T: softmax(z) / T,
        "takes the softmax of probabilities": lambda z, T: softmax(softmax(z) / T),
        "overflows at large logits": lambda z, T: shares(np.exp(z / T)),
    },
    properties={"the probabilities sum to one": sums_to_one},
)
def temper(logits: np.ndarray, temperature: float) -> np.ndarray:
    """Give the probabilities that are drawn from at a temperature above 0.

    Math:   softmax(logits / temperature); a quotient may be large
    Shapes: (V,) -> (V,)
    """
    return softmax(logits / temperature)


def _top_k_cases(draw: Draw) -> Cases:
    yield np.array([0.7, 0.3]), 1
    for words, k in ((3, 2), (5, 3), (9, 1), (4, 7)):
        yield draw.distribution(words), k


def _kept(p: np.ndarray, order: np.ndarray) -> np.ndarray:
    weights = np.zeros_like(p)
    weights[order] = p[order]
    return weights


@LESSON.exercise(
    cases=_top_k_cases,
    hints=(
        "What is kept sums to one, and keeps its proportions.",
        "Look at what you do after you have set the others to 0.",
        "What do you keep if k is larger than the vocabulary?",
    ),
    mistakes={
        "leaves the sum below one": keep_top_k,
        "keeps the least probable tokens": lambda p, k: shares(
            _kept(p, np.argsort(p)[:k])
        ),
        "makes those that it keeps equal": lambda p, k: shares(
            (keep_top_k(p, k) > 0) * 1.0
        ),
        "shows only those that it keeps": lambda p, k: shares(np.sort(p)[::-1][:k]),
        "keeps the first k": lambda p, k: shares(_kept(p, np.arange(len(p))[:k])),
    },
    properties={"the probabilities sum to one": sums_to_one},
)
def top_k(probabilities: np.ndarray, k: int) -> np.ndarray:
    """Keep the k most probable tokens, and let what is kept sum to one.

    The others get 0. If k is V or more, all are kept.

    Shapes: (V,) -> (V,)
    """
    return shares(keep_top_k(probabilities, k))


def _top_p_cases(draw: Draw) -> Cases:
    yield np.array([0.6, 0.3, 0.1]), 0.7
    for words, p in ((2, 0.5), (4, 0.9), (8, 0.6), (12, 0.95)):
        yield draw.distribution(words), p
    yield np.array([0.1, 0.2, 0.7]), 0.01


def _reach(q: np.ndarray, p: float, order: np.ndarray) -> np.ndarray:
    """Keep tokens in an order, until they have probability p together."""
    return _kept(q, order[np.cumsum(q[order]) - q[order] < p])


def _below(q: np.ndarray, p: float) -> np.ndarray:
    order = np.argsort(-q)
    return _kept(q, order[np.cumsum(q[order]) <= p])


@LESSON.exercise(
    cases=_top_p_cases,
    hints=(
        "What is kept had together probability p or more, and one token less had not.",
        "Look at the token that crosses p.",
        "Does the most probable token stay, if it alone has more than p?",
    ),
    mistakes={
        "leaves out the token that crosses p": lambda q, p: shares(_below(q, p)),
        "leaves the sum below one": keep_top_p,
        "keeps tokens whose own probability is p or more": lambda q, p: shares(
            q * (q >= p)
        ),
        "keeps the least probable tokens": lambda q, p: shares(
            _reach(q, p, np.argsort(q))
        ),
        "adds up in the order of the vocabulary": lambda q, p: shares(
            _reach(q, p, np.arange(len(q)))
        ),
    },
    properties={"the probabilities sum to one": sums_to_one},
)
def top_p(probabilities: np.ndarray, p: float) -> np.ndarray:
    """Keep the fewest most probable tokens that have probability p or more together.

    What is kept sums to one; the others get 0 (Holtzman et al., 2020).

    Shapes: (V,) -> (V,)
    """
    return shares(keep_top_p(probabilities, p))


def _points(draw: Draw) -> Cases:
    yield np.array([0.5, 0.5]), 0.75
    yield np.array([0.5, 0.5]), 0.5
    yield np.array([0.5, 0.0, 0.5]), 0.6
    for words in (2, 3, 6, 6, 12, 12, 12):
        yield draw.distribution(words), float(draw.rng.random())


@LESSON.exercise(
    cases=_points,
    hints=(
        "A token is drawn as often as its probability says.",
        "Look at the sum of the probabilities up to each token.",
        "On which token's piece of the line from 0 to 1 does the point lie?",
    ),
    mistakes={
        "takes the most probable token: greedy, called sampling": lambda p, point: int(
            np.argmax(p)
        ),
        "is off by one token": lambda p, point: pick(p, point) + 1,
        "draws each token equally often": lambda p, point: int(point * len(p)),
        "reads the vocabulary from the end": lambda p, point: (
            len(p) - 1 - pick(p[::-1], point)
        ),
        "finds the probability that is nearest the point": lambda p, point: int(
            np.argmin(np.abs(p - point))
        ),
    },
    properties={
        "the token has a probability above 0": lambda value, p, point: p[value] > 0,
    },
)
def draw_token(probabilities: np.ndarray, point: float) -> int:
    """Draw a token by a random point in [0, 1).

    Math:   the first w with P(0) + .. + P(w) > point
    Shapes: probabilities (V,)
    """
    return pick(probabilities, point)


def _texts(draw: Draw) -> Cases:
    yield "abab", "aba", 2
    yield "abc", "xyz", 3
    for n in (2, 4, 6):
        learnt = " ".join(map(" ".join, draw.few_sentences(6)))
        yield " ".join(draw.few_sentences(1)[0]), learnt, n


def _ngrams(text: str, n: int) -> list[str]:
    return [text[i : i + n] for i in range(len(text) - n + 1)]


def _share(parts: list[str], known: set[str]) -> float:
    return sum(part not in known for part in parts) / len(parts)


@LESSON.exercise(
    cases=_texts,
    hints=(
        "A text that was copied has novelty 0.",
        "Look at the last n-gram, and at n-grams that occur twice.",
        "Do you count places of the written text, or different n-grams?",
    ),
    mistakes={
        "gives the share that was copied": lambda written, learnt, n: (
            1 - _share(_ngrams(written, n), {*_ngrams(learnt, n)})
        ),
        "counts each different n-gram once": lambda written, learnt, n: _share(
            [*{*_ngrams(written, n)}], {*_ngrams(learnt, n)}
        ),
        "forgets the last n-gram": lambda written, learnt, n: _share(
            _ngrams(written, n)[:-1], {*_ngrams(learnt, n)}
        ),
        "looks in the written text for what was learnt": lambda written, learnt, n: (
            _share(_ngrams(learnt, n), {*_ngrams(written, n)})
        ),
    },
    properties={
        "a share lies between 0 and 1": lambda value, *given: 0 <= value <= 1,
    },
)
def novelty(written: str, learnt: str, n: int) -> float:
    """Give the share of the written text's n-grams of characters that are new.

    An n-gram is new if the learnt text does not hold it. Each place of the written
    text counts.
    """
    return _share(_ngrams(written, n), {*_ngrams(learnt, n)})
