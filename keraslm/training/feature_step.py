"""AdaGrad for the weights of hashed features, with L1 and L2 penalties.

Math:   the fit minimises  mean nats + l1 |D|_1 + l2/2 |D|_2^2
        A <- A + g^2,  from A = 1 / N^2, the square of one token's gradient among N
        h = r / sqrt(A),   U = D - h g,   k = h n / N  for the step's n tokens
        D <- argmin_V |V - U|^2 / 2 + k (l1 |V|_1 + l2/2 |V|_2^2)
           = sign(U) max(|U| - k l1, 0) / (1 + k l2)
A rare n-gram takes long steps and a frequent one short steps; without penalties a
weight whose n-gram a step did not meet stays as it is. The mean of a few gradients, as
Adam keeps it, would go on moving it.
References: Duchi, Hazan & Singer (2011), AdaGrad and its proximal step; Chen &
        Rosenfeld (2000), penalties of maximum-entropy models.
"""

from typing import Any

from keras import ops

from keraslm.layers.direct_features import WEIGHTS


def is_of_features(weight: Any) -> bool:
    """Say whether a weight is D of `DirectFeatures`."""
    return bool(weight.name == WEIGHTS)


def step(
    weight: Any,
    gradient: Any,
    squares: Any,
    rate: Any,
    l1: float,
    l2: float,
    share: Any = None,
) -> None:
    """Update D and A; with l1, what comes to zero is exactly zero.

    `share` is n / N, of a full step if it is left out.
    """
    after = squares + ops.square(gradient)
    long = rate / ops.sqrt(after)
    squares.assign(after)
    penalty = long if share is None else long * share
    weight.assign(shrunk(weight - long * gradient, penalty, l1, l2))


def shrunk(weight: Any, rate: Any, l1: float, l2: float) -> Any:
    """Give the weights after the proximal step of the penalties."""
    if l1:
        size = ops.maximum(ops.abs(weight) - rate * l1, 0.0)
        weight = ops.sign(weight) * size
    return weight / (1 + rate * l2) if l2 else weight
