"""Expectation-maximisation: the weights that make a text most probable in a mixture.

Math:   P(y_t) = sum_k w_k P_k(y_t)
        E: r_k(t) = w_k P_k(y_t) / P(y_t), how probably part k has given token t
        M: w_k = 1/N sum_t r_k(t)
References: Jelinek & Mercer (1980); Bahl, Jelinek & Mercer (1983); Dempster, Laird &
            Rubin (1977), why the likelihood never falls.
"""

from collections.abc import Callable

import numpy as np

ITERATIONS = 1000
CLOSE = 1e-10  # nats a token: a step that gains less ends it

Step = Callable[[np.ndarray], np.ndarray]


def mixture_weights(log_p: np.ndarray) -> np.ndarray:
    """Learn one weight a part, from equal weights on.

    A token that every part holds impossible says nothing of the weights.

    Math:   the w >= 0 with sum_k w_k = 1 that maximise sum_t log sum_k w_k P_k(y_t)
    Shapes: log_p (parts, tokens) -> (parts,)
    """
    best = log_p.max(axis=0)  # the likeliest part's, by which a token is divided
    possible = best > -np.inf
    p = np.exp(log_p[:, possible] - best[possible])
    equal = np.full(len(p), 1 / len(p))
    if not possible.any():
        return equal
    learnt = expectation_maximisation(
        p, equal, lambda weights: weights[:, None], lambda r: r.mean(axis=1)
    )
    # A part alone, where it is the best, is only the limit of EM's steps.
    candidates = [learnt, *np.eye(len(p))]
    with np.errstate(divide="ignore"):
        return max(candidates, key=lambda weights: np.log(weights @ p).sum())


def expectation_maximisation(
    p: np.ndarray, start: np.ndarray, shares: Step, maximise: Step
) -> np.ndarray:
    """Learn the numbers of a mixture whose parts' probabilities are in memory.

    `shares` gives each part's weight from the numbers that are learnt; `maximise` gives
    the numbers from how probably each part has given each token.

    Shapes: p (parts, tokens), start (numbers,) -> (numbers,)
            shares (numbers,) -> (parts, tokens) or (parts, 1)
            maximise (parts, tokens) -> (numbers,)
    """

    def step(numbers: np.ndarray) -> tuple[float, np.ndarray]:
        joint = shares(numbers) * p
        total = joint.sum(axis=0)
        return np.log(total).mean(), maximise(joint / total)

    return climb(start, step)


def climb(
    start: np.ndarray, step: Callable[[np.ndarray], tuple[float, np.ndarray]]
) -> np.ndarray:
    """Take steps from `start` until one gains next to nothing.

    `step` gives the mean log-likelihood of the numbers that are learnt, and the next.

    Shapes: start (numbers,) -> (numbers,)
    """
    numbers, reached = start, -np.inf
    for _ in range(ITERATIONS):
        log_likelihood, learnt = step(numbers)
        if log_likelihood - reached < CLOSE:
            break
        numbers, reached = learnt, log_likelihood
    return numbers
