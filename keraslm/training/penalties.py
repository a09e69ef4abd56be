"""L1 and L2 penalties of the weights of hashed features, as proximal steps.

Math:   the fit minimises  mean nats + l1 |D|_1 + l2/2 |D|_2^2
        after each step of the optimizer, of learning rate r,
        D <- argmin_V |V - D|^2 / 2 + r (l1 |V|_1 + l2/2 |V|_2^2)
           = sign(D) max(|D| - r l1, 0) / (1 + r l2)
With sgd that is the proximal gradient method of the sum. An optimizer that scales each
weight's gradient, such as Adam, leaves the penalties unscaled, as AdamW does its decay.
References: Duchi & Singer (2009); Loshchilov & Hutter (2019), unscaled; Chen &
        Rosenfeld (2000), penalties of maximum-entropy models.
"""

from typing import Any

from keras import ops

from keraslm.layers.direct_features import WEIGHTS


def penalise(weights: list[Any], rate: Any, l1: float, l2: float) -> None:
    """Shrink what is penalised: D of `DirectFeatures`, and no other weight."""
    for weight in weights:
        if weight.name == WEIGHTS:
            weight.assign(shrunk(weight, rate, l1, l2))


def shrunk(weight: Any, rate: Any, l1: float, l2: float) -> Any:
    """Give the weights after a proximal step; what comes to zero is exactly zero."""
    size = ops.maximum(ops.abs(weight) - rate * l1, 0.0) / (1 + rate * l2)
    return ops.sign(weight) * size
