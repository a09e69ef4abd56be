"""Lesson 12: how far a model is from the truth."""

import math

import numpy as np

from keraslm.course.exercise import Cases, Draw, Lesson
from keraslm.course.formulas import mean

LESSON = Lesson(12, "truth", "How far from the truth")


def _distributions(draw: Draw) -> Cases:
    yield (np.array([0.5, 0.5]),)
    yield (np.array([1.0, 0.0]),)
    for words in (2, 3, 6, 20):
        yield (draw.distribution(words),)


def _entropy(p: np.ndarray) -> float:
    some = p[p > 0]
    return float(-(some * np.log(some)).sum())


@LESSON.exercise(
    cases=_distributions,
    hints=(
        "The entropy is at least 0, and at most log V.",
        "Look at words that cannot come.",
        "What is 0 times the logarithm of 0 here, and what in NumPy?",
    ),
    mistakes={
        "counts in bits": lambda p: _entropy(p) / math.log(2),
        "multiplies 0 by the logarithm of 0": lambda p: float(-(p * np.log(p)).sum()),
        "forgets the weights": lambda p: float(-np.log(p[p > 0]).sum()),
        "forgets the sign": lambda p: -_entropy(p),
        "gives the perplexity": lambda p: math.exp(_entropy(p)),
        "averages over the words": lambda p: _entropy(p) / len(p),
    },
    properties={
        "an entropy is at least 0, and at most log V": lambda value, p: (
            -1e-9 <= value <= math.log(len(p)) + 1e-9
        ),
    },
)
def entropy(p: np.ndarray) -> float:
    """Give the entropy of a distribution in nats: no model costs less on average.

    Math:   H(P) = -sum over w of P(w) log P(w), over w with P(w) > 0
    Shapes: (V,)
    """
    return _entropy(p)


def _two_distributions(draw: Draw) -> Cases:
    yield np.array([1.0, 0.0]), np.array([0.5, 0.5])
    for words in (2, 3, 6, 20):
        yield draw.distribution(words), draw.distribution(words)


def _divergence(p: np.ndarray, q: np.ndarray) -> float:
    can = p > 0
    return float((p[can] * np.log(p[can] / q[can])).sum())


@LESSON.exercise(
    cases=_two_distributions,
    hints=(
        "The divergence is at least 0, and 0 only if both are equal.",
        "Look at which of the two weighs the words, and at words that cannot come.",
        "Does the truth say how often each word comes, or does the model?",
    ),
    mistakes={
        "changes truth and model round": lambda p, q: _divergence(q, p),
        "counts in bits": lambda p, q: _divergence(p, q) / math.log(2),
        "multiplies 0 by the logarithm of 0": lambda p, q: float(
            (p * np.log(p / q)).sum()
        ),
        "gives the cross-entropy": lambda p, q: _divergence(p, q) + _entropy(p),
        "forgets the sign": lambda p, q: -_divergence(p, q),
        "adds up absolute values": lambda p, q: float(
            np.abs(p[p > 0] * np.log(p[p > 0] / q[p > 0])).sum()
        ),
    },
    properties={"a divergence is at least 0": lambda value, p, q: value >= -1e-9},
)
def divergence(p: np.ndarray, q: np.ndarray) -> float:
    """Give the Kullback-Leibler divergence of a model Q from the truth P, in nats.

    Math:   KL(P || Q) = sum over w of P(w) log(P(w) / Q(w)), over w with P(w) > 0
    Shapes: p (V,), q (V,) with q > 0
    """
    return _divergence(p, q)


def _logs(draw: Draw) -> Cases:
    yield [-1.0], [-2.0]
    for tokens in (2, 5, 30):
        truth, excess = np.log(draw.rng.uniform(0.1, 1, (2, tokens)))
        yield truth.tolist(), (truth + excess).tolist()


@LESSON.exercise(
    cases=_logs,
    hints=(
        "A model that is the truth is 0 above it.",
        "Look at which perplexity you divide by.",
        "What is exp(a) / exp(b), if you know a - b?",
    ),
    mistakes={
        "gives the quotient": lambda truth, model: math.exp(mean(truth) - mean(model)),
        "gives the difference in nats": lambda truth, model: mean(truth) - mean(model),
        "gives the difference of the perplexities": lambda truth, model: (
            math.exp(-mean(model)) - math.exp(-mean(truth))
        ),
        "divides by the model's perplexity": lambda truth, model: (
            1 - math.exp(mean(model) - mean(truth))
        ),
        "averages the quotients of the tokens": lambda truth, model: mean(
            [math.exp(p - q) - 1 for p, q in zip(truth, model, strict=True)]
        ),
    },
)
def above_the_truth(truth: list[float], model: list[float]) -> float:
    """Give by what share a model's perplexity is above that of the grammar: 0.5 is 50%.

    Each list has the log P of the same tokens, in nats.

    Math: perplexity of the model / perplexity of the grammar - 1
    """
    return math.exp(mean(truth) - mean(model)) - 1


def _verbs(draw: Draw) -> Cases:
    yield [0.2, 0.1], [0.1, 0.2], [0, 0]
    yield [0.3], [0.3], [1]
    for number in (4, 12):
        right, wrong = draw.rng.random((2, number))
        attractors = draw.rng.integers(0, 3, number)
        wrong[0] = right[0]  # a tie
        yield right.tolist(), wrong.tolist(), attractors.tolist()


def _accuracies(
    right: list[float], wrong: list[float], attractors: list[int], *, tie: float = 0.5
) -> dict[int, float]:
    found: dict[int, list[float]] = {}
    for a, b, group in zip(right, wrong, attractors, strict=True):
        found.setdefault(group, []).append(tie if a == b else float(a > b))
    return {group: mean(points) for group, points in found.items()}


@LESSON.exercise(
    cases=_verbs,
    hints=(
        "An accuracy lies between 0 and 1; each group is measured alone.",
        "Look at ties.",
        "What does a model deserve that cannot tell the two forms apart?",
    ),
    mistakes={
        "counts a tie as wrong": lambda *given: _accuracies(*given, tie=0),
        "counts a tie as right": lambda *given: _accuracies(*given, tie=1),
        "prefers the wrong form": lambda right, wrong, attractors: _accuracies(
            wrong, right, attractors
        ),
        "gives every group the accuracy of all": lambda right, wrong, attractors: (
            dict.fromkeys(attractors, _accuracies(right, wrong, [0] * len(right))[0])
        ),
        "divides by the number of all verbs": lambda right, wrong, attractors: {
            group: share * attractors.count(group) / len(attractors)
            for group, share in _accuracies(right, wrong, attractors).items()
        },
    },
    properties={
        "there is an accuracy for each number of attractors": lambda value, *given: (
            value.keys() == set(given[2])
        ),
        "an accuracy lies between 0 and 1": lambda value, *given: all(
            0 <= share <= 1 for share in value.values()
        ),
    },
)
def agreement(
    right: list[float], wrong: list[float], attractors: list[int]
) -> dict[int, float]:
    """Give the accuracy of verbs by their number of attractors.

    right[i] and wrong[i] are the probabilities of the form of verb i that agrees with
    its subject, and of the other form. A verb is right if the form that agrees is the
    more probable one; a tie counts as half.
    """
    return _accuracies(right, wrong, attractors)
