"""Temperature: how much the improbable tokens may say."""

import numpy as np

from keraslm.errors import UsageError


def check_temperature(temperature: float) -> None:
    """Refuse a temperature below 0, or one without end.

    Raises: UsageError
    """
    if not 0 <= temperature < float("inf"):
        raise UsageError(f"`temperature` must be 0 or more; received {temperature}")


def temper(log_probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Give what the tempered distribution is proportional to; the heaviest weighs 1.

    Math:   w proportional to P^(1/T); T = 0 leaves the most probable token alone, the
            first of equals: greedy
    Shapes: (.., vocabulary) -> (.., vocabulary)
    References: Ackley, Hinton & Sejnowski (1985).
    """
    weights = log_probabilities - log_probabilities.max(axis=-1, keepdims=True)
    if temperature == 0:
        best = weights.argmax(axis=-1)[..., None]
        weights = np.zeros_like(weights)
        np.put_along_axis(weights, best, 1, axis=-1)
        return weights
    if temperature != 1:
        with np.errstate(over="ignore"):  # to -inf, near temperature 0
            weights /= temperature
    return np.exp(weights, out=weights)
