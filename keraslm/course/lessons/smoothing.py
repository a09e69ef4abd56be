"""Lesson 3: something for what was never seen, up to Kneser-Ney."""

from collections import Counter

import numpy as np

from keraslm.course.exercise import Cases, Draw, Lesson
from keraslm.course.formulas import sums_to_one

LESSON = Lesson(3, "smoothing", "Smoothing")
Counts = dict[tuple[str, str], int]


def _table(draw: Draw) -> Cases:
    for rows, columns in ((1, 2), (2, 3), (5, 4), (3, 30)):
        counts = draw.rng.poisson(1.0, (rows, columns))
        yield counts, float(draw.rng.uniform(0.01, 2))
    yield np.array([[0, 0, 0], [3, 0, 0]]), 0.5


@LESSON.exercise(
    cases=_table,
    hints=(
        "The probabilities after each history sum to one, also after an unseen one.",
        "Look at the denominator.",
        "How many times is delta added in one row?",
    ),
    mistakes={
        "adds delta once to the denominator": lambda counts, delta: (
            (counts + delta) / (counts.sum(axis=1, keepdims=True) + delta)
        ),
        "adds nothing to the denominator": lambda counts, delta: (
            (counts + delta) / counts.sum(axis=1, keepdims=True)
        ),
        "adds one, whatever delta is": lambda counts, delta: (
            (counts + 1) / (counts + 1).sum(axis=1, keepdims=True)
        ),
        "divides by the sum of the whole table": lambda counts, delta: (
            (counts + delta) / (counts + delta).sum()
        ),
    },
    properties={
        "the probabilities after each history sum to one": sums_to_one,
        "what was never seen has a probability above 0": lambda value, counts, delta: (
            np.min(value) > 0
        ),
    },
)
def add_delta(counts: np.ndarray, delta: float) -> np.ndarray:
    """Add delta to every count, and give the probabilities of each row.

    counts[v, w] says how often w came after v; the columns are the vocabulary.

    Math:   P(w | v) = (c(v w) + delta) / (c(v) + delta V)
    Shapes: (histories, V) -> (histories, V)
    """
    smoothed = counts + delta
    return smoothed / smoothed.sum(axis=1, keepdims=True)


def _distributions(draw: Draw) -> Cases:
    for orders, words in ((1, 2), (2, 2), (3, 4), (4, 9)):
        distributions = draw.rng.dirichlet(np.ones(words), orders)
        yield distributions, draw.distribution(orders)


@LESSON.exercise(
    cases=_distributions,
    hints=(
        "Weights that sum to one make of distributions a distribution.",
        "Look at which weight meets which distribution.",
        "What is the result if one weight is 1 and all others are 0?",
    ),
    mistakes={
        "averages, whatever the weights are": lambda distributions, weights: (
            distributions.mean(axis=0)
        ),
        "takes the weights in the opposite order": lambda distributions, weights: (
            weights[::-1] @ distributions
        ),
        "multiplies the distributions": lambda distributions, weights: np.prod(
            distributions ** weights[:, None], axis=0
        ),
        "takes the most of them": lambda distributions, weights: np.max(
            distributions * weights[:, None], axis=0
        ),
    },
    properties={"the probabilities sum to one": sums_to_one},
)
def interpolate(distributions: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Mix the distributions of several orders, one a row.

    Math:   P(w) = sum over k of weights[k] P_k(w),   the weights sum to one
    Shapes: (orders, V), (orders,) -> (V,)
    """
    mixed: np.ndarray = weights @ distributions
    return mixed


def _many_counts(draw: Draw) -> Cases:
    yield ([1, 2],)
    yield ([1, 1, 1, 2, 2, 3, 7],)
    for number in (10, 100):
        yield (np.concatenate([[1, 2], draw.rng.geometric(0.5, number)]).tolist(),)


@LESSON.exercise(
    cases=_many_counts,
    hints=(
        "A discount lies between 0 and 1.",
        "Look at which n-grams n_1 and n_2 count.",
        "Is n_2 the number of n-grams that occur twice, or twice that?",
    ),
    mistakes={
        "forgets the 2": lambda c: c.count(1) / (c.count(1) + c.count(2)),
        "counts all that occur twice or more as n_2": lambda c: (
            c.count(1) / (c.count(1) + 2 * (len(c) - c.count(1)))
        ),
        "adds up counts in place of n-grams": lambda c: (
            c.count(1) / (c.count(1) + 4 * c.count(2))
        ),
    },
    properties={
        "a discount lies between 0 and 1": lambda value, counts: 0 <= value <= 1
    },
)
def discount(counts: list[int]) -> float:
    """Give the discount that the rare n-grams of a text suggest (Ney, 1994).

    counts has how often each different n-gram occurs; n_r is how many occur r times.

    Math: D = n_1 / (n_1 + 2 n_2)
    """
    ones, twos = counts.count(1), counts.count(2)
    return ones / (ones + 2 * twos)


def _bigrams(draw: Draw) -> Cases:
    yield ({("a", "b"): 2, ("b", "a"): 1},)
    yield ({("san", "francisco"): 9, ("a", "cat"): 1, ("the", "cat"): 1},)
    for number in (1, 3, 10):
        yield (_pairs(draw.few_sentences(number)),)


def _pairs(sentences: list[list[str]]) -> Counts:
    pairs = (p for s in sentences for p in zip(["<s>", *s], [*s, "</s>"], strict=True))
    return dict(Counter(pairs))


def _unigrams(counts: Counts) -> dict[str, int]:
    found: Counter[str] = Counter()
    for (_, word), count in counts.items():
        found[word] += count
    return dict(found)


@LESSON.exercise(
    cases=_bigrams,
    hints=(
        "A word that comes after one word alone has the count 1, however frequent.",
        "Look at what you add for each pair.",
        "In how many different places does francisco occur?",
    ),
    mistakes={
        "counts occurrences, not places": _unigrams,
        "counts the words that come after": lambda counts: dict(
            Counter(first for first, _ in counts)
        ),
        "counts the pairs that occur once": lambda counts: dict(
            Counter(word for (_, word), count in counts.items() if count == 1)
        ),
    },
    properties={
        "the counts sum to the number of different pairs": lambda value, counts: (
            sum(value.values()) == len(counts)
        )
    },
)
def continuation_counts(counts: dict[tuple[str, str], int]) -> dict[str, int]:
    """Count for each word the different words that come before it.

    counts[(v, w)] says how often w came after v.

    Math: a(w) = |{v : c(v w) > 0}|
    """
    return dict(Counter(word for _, word in counts))


def _histories(draw: Draw) -> Cases:
    small = {("a", "b"): 2, ("a", "c"): 1, ("b", "c"): 3}
    yield small, "a", 0.75
    yield small, "b", 0.5
    for number in (2, 5, 15):
        counts = _pairs(draw.few_sentences(number))
        first = sorted({v for v, _ in counts})
        yield counts, str(draw.rng.choice(first)), float(draw.rng.uniform(0.1, 0.9))


def _kneser_ney(
    counts: Counts, history: str, D: float, lower: dict[str, int], share: float = 1
) -> dict[str, float]:
    after = {w: count for (v, w), count in counts.items() if v == history}
    total, places = sum(after.values()), sum(lower.values())
    left = share * D * len(after) / total
    return {
        w: max(after.get(w, 0) - D, 0) / total + left * places_of_w / places
        for w, places_of_w in lower.items()
    }


@LESSON.exercise(
    cases=_histories,
    hints=(
        "The probabilities after a history sum to one.",
        "Look at the weight of the lower order: what was taken off is given out again.",
        "How many different words did D come off? Does the lower order count places?",
    ),
    mistakes={
        "uses the frequencies of words as the lower order": lambda c, history, D: (
            _kneser_ney(c, history, D, _unigrams(c))
        ),
        "keeps what the discount took off": lambda c, history, D: _kneser_ney(
            c, history, D, continuation_counts(c), share=0
        ),
        "discounts nothing": lambda c, history, D: _kneser_ney(
            c, history, 0, continuation_counts(c)
        ),
        "takes the lower order for unseen words alone": lambda c, history, D: {
            w: p
            if (history, w) not in c
            else max(c[history, w] - D, 0)
            / sum(n for (v, _), n in c.items() if v == history)
            for w, p in _kneser_ney(c, history, D, continuation_counts(c)).items()
        },
    },
    properties={
        "the probabilities after a history sum to one": lambda value, *given: (
            abs(sum(value.values()) - 1) < 1e-6
        ),
    },
)
def kneser_ney(
    counts: dict[tuple[str, str], int], history: str, D: float
) -> dict[str, float]:
    """Give P(w | history) of each word w by interpolated Kneser-Ney of order 2.

    counts[(v, w)] says how often w came after v; the words w are those that come
    second in any pair. D is the discount.

    Math: P(w | v) = max(c(v w) - D, 0) / c(v) + D |{u : c(v u) > 0}| / c(v) P_1(w)
          c(v) = sum over u of c(v u)
          P_1(w) = |{u : c(u w) > 0}| / |{(u, x) : c(u x) > 0}|
    """
    return _kneser_ney(counts, history, D, continuation_counts(counts))
