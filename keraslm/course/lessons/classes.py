"""Lesson 5: the next word as a class: softmax, cross-entropy, its gradient, descent."""

import numpy as np

from keraslm.course import formulas
from keraslm.course.exercise import Cases, Draw, Lesson

LESSON = Lesson(5, "classes", "Words as classes")


def _logits(draw: Draw) -> Cases:
    for rows, words in ((1, 2), (2, 2), (2, 3), (4, 7)):
        yield (3 * draw.normal(rows, words),)
    yield (np.array([[1000.0, 0.0], [-1000.0, -1001.0]]),)


@LESSON.exercise(
    cases=_logits,
    hints=(
        "Each row sums to one, and adding a number to all logits changes nothing.",
        "Look at the axis of the sum, and at exp of a large number.",
        "What is the largest number in your exponent, if a logit is 1000?",
    ),
    mistakes={
        "overflows at large logits": lambda logits: formulas.shares(np.exp(logits), -1),
        "sums over the wrong axis": lambda logits: formulas.softmax(logits, 0),
        "sums over all rows together": lambda logits: formulas.softmax(logits, None),
        "applies softmax twice": lambda logits: formulas.softmax(
            formulas.softmax(logits)
        ),
        "divides the logits by their sum": lambda logits: formulas.shares(logits, -1),
    },
    properties={
        "each row sums to one": lambda value, logits: np.allclose(
            np.sum(value, axis=-1), 1
        ),
        "a probability lies between 0 and 1": lambda value, logits: bool(
            np.all((np.asarray(value) >= 0) & (np.asarray(value) <= 1))
        ),
    },
)
def softmax(logits: np.ndarray) -> np.ndarray:
    """Turn each row of logits into probabilities; a logit may be large.

    Math:   softmax(z)_i = exp(z_i) / sum over j of exp(z_j)
    Shapes: (batch, V) -> (batch, V)
    """
    return formulas.softmax(logits)


def _logits_and_targets(draw: Draw) -> Cases:
    for rows, words in ((1, 2), (2, 3), (5, 4), (8, 9)):
        yield draw.normal(rows, words), draw.rng.integers(0, words, rows)
    yield np.array([[0.0, 800.0]]), np.array([0])


def _costs(logits: np.ndarray, targets: np.ndarray) -> np.ndarray:
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    costs: np.ndarray = -log_p[np.arange(len(targets)), targets]
    return costs


@LESSON.exercise(
    cases=_logits_and_targets,
    hints=(
        "The loss of equal logits is log V, whatever the targets are.",
        "Look at which probability you take the logarithm of, and at a mean.",
        "Can you take the logarithm of a softmax without computing the softmax?",
    ),
    mistakes={
        "adds up in place of averaging": lambda z, t: float(_costs(z, t).sum()),
        "takes the logarithm of 0": lambda z, t: float(
            -np.log(formulas.shares(np.exp(z), 1)[np.arange(len(t)), t]).mean()
        ),
        "cuts probabilities off at 1e-7": lambda z, t: float(
            np.minimum(_costs(z, t), -np.log(1e-7)).mean()
        ),
        "counts in bits": lambda z, t: float(_costs(z, t).mean() / np.log(2)),
        "applies softmax twice": lambda z, t: float(
            _costs(formulas.softmax(z), t).mean()
        ),
        "forgets the logarithm": lambda z, t: float(-np.exp(-_costs(z, t)).mean()),
    },
    properties={
        "a cross-entropy is at least 0": lambda value, z, t: value >= 0,
        "a cross-entropy of finite logits is finite": lambda value, z, t: bool(
            np.isfinite(value)
        ),
    },
)
def cross_entropy(logits: np.ndarray, targets: np.ndarray) -> float:
    """Give the mean cross-entropy in nats; a logit may be large.

    Math:   loss = -mean over rows of log softmax(logits)[row, target]
    Shapes: logits (batch, V), targets (batch,) whole numbers
    """
    return float(_costs(logits, targets).mean())


def _bigrams(draw: Draw) -> Cases:
    for words, pairs in ((2, 1), (2, 2), (3, 5), (5, 20)):
        previous, targets = draw.rng.integers(0, words, (2, pairs))
        yield draw.normal(words, words), previous, targets
    yield np.zeros((3, 3)), np.array([1, 1, 1]), np.array([0, 2, 2])


def _gradient(
    weights: np.ndarray, previous: np.ndarray, targets: np.ndarray, target: float = 1
) -> np.ndarray:
    """Give the gradient; `target` is what is taken off at the word that came."""
    error = formulas.softmax(weights[previous])
    error[np.arange(len(targets)), targets] -= target
    gradient = np.zeros_like(weights)
    np.add.at(gradient, previous, error / len(targets))
    return gradient


def _last_of_equals(W: np.ndarray, previous: np.ndarray, t: np.ndarray) -> np.ndarray:
    error = formulas.softmax(W[previous])
    error[np.arange(len(t)), t] -= 1
    gradient = np.zeros_like(W)
    for row, each in zip(previous, error, strict=True):
        gradient[row] = each / len(t)
    return gradient


@LESSON.exercise(
    cases=_bigrams,
    hints=(
        "Each row of the gradient sums to 0; a row that no pair used is 0.",
        "Look at what becomes of a word that comes twice in `previous`.",
        "Does gradient[previous] += x add twice where a row is named twice?",
    ),
    mistakes={
        "keeps the last pair of each previous word": _last_of_equals,
        "adds up in place of averaging": lambda W, previous, t: (
            _gradient(W, previous, t) * len(t)
        ),
        "gives the ascent, not the gradient": lambda W, previous, t: (
            -_gradient(W, previous, t)
        ),
        "forgets to take the target off": lambda W, previous, t: _gradient(
            W, previous, t, target=0
        ),
        "gives its transpose": lambda W, previous, t: _gradient(W, previous, t).T,
    },
    properties={
        "each row of the gradient sums to 0": lambda value, W, previous, t: np.allclose(
            np.sum(value, axis=1), 0
        ),
        "the row of a word that no pair has is 0": lambda value, W, previous, t: (
            not np.any(np.delete(value, previous, axis=0))
        ),
    },
)
def bigram_gradient(
    weights: np.ndarray, previous: np.ndarray, targets: np.ndarray
) -> np.ndarray:
    """Give the gradient of the mean cross-entropy of a one-hot bigram network.

    The logits after word v are row v of the weights.

    Math:   dL/dW[v] = mean over pairs of (softmax(W[v]) - one_hot(target)), where
            pairs after other words than v count as 0
    Shapes: weights (V, V), previous (pairs,), targets (pairs,) -> (V, V)
    """
    return _gradient(weights, previous, targets)


def _epochs(draw: Draw) -> Cases:
    for case, batch in zip(_bigrams(draw), (1, 1, 2, 8, 2), strict=True):
        yield (*case, float(draw.rng.uniform(0.1, 1)), batch)


def _epoch(
    W: np.ndarray, previous: np.ndarray, t: np.ndarray, rate: float, batch: int
) -> np.ndarray:
    for k in range(0, len(t), batch):
        W = W - rate * _gradient(W, previous[k : k + batch], t[k : k + batch])
    return W


@LESSON.exercise(
    cases=_epochs,
    hints=(
        "A batch as large as the text makes one step, a batch of 1 a step a pair.",
        "Look at the last batch, which may be smaller, and its weights.",
        "Is each gradient computed after the step before it was taken?",
    ),
    mistakes={
        "drops the last batch if it is smaller": lambda W, p, t, rate, batch: _epoch(
            W, p[: len(t) // batch * batch], t[: len(t) // batch * batch], rate, batch
        ),
        "takes one step": lambda W, p, t, rate, batch: _epoch(W, p, t, rate, len(t)),
        "computes all gradients at the first weights": lambda W, p, t, rate, batch: (
            W
            - rate
            * sum(
                _gradient(W, p[k : k + batch], t[k : k + batch])
                for k in range(0, len(t), batch)
            )
        ),
        "goes up": lambda W, p, t, rate, batch: _epoch(W, p, t, -rate, batch),
    },
)
def one_epoch(
    weights: np.ndarray,
    previous: np.ndarray,
    targets: np.ndarray,
    rate: float,
    batch: int,
) -> np.ndarray:
    """Read the pairs once in their order, and give the weights after the last step.

    Each batch has `batch` pairs, the last one those that are left. After each batch
    comes a step of gradient descent, by the gradient of `bigram_gradient`.

    Math:   W <- W - rate dL/dW
    Shapes: weights (V, V), previous (pairs,), targets (pairs,) -> (V, V)
    """
    return _epoch(weights, previous, targets, rate, batch)
