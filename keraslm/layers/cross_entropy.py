"""The nats of the targets, without a table of all the log-probabilities."""

from typing import Any

import keras
from keras import ops


def cross_entropy(targets: Any, logits: Any) -> Any:
    """Give -log softmax(logits) at the targets.

    Math:   e_w = exp(l_w - max l),   Z = sum_w e_w
            -log P(y) = log Z - (l_y - max l)
            its gradient by l_w is e_w / Z - [w = y]: the e_w are kept, so that the way
            back is one pass
    Shapes: targets (..), logits (.., vocabulary) -> (..)
    """
    run = _nats
    if keras.backend.backend() == "tensorflow":
        from keraslm.layers.tensorflow_graph import in_own_graph

        run = in_own_graph(_nats)
    return run(ops.cast(targets, "int32"), ops.convert_to_tensor(logits))


def _nats(targets: Any, logits: Any) -> Any:
    @ops.custom_gradient
    def run(logits: Any) -> tuple[Any, Any]:
        top = ops.max(logits, axis=-1, keepdims=True)
        shares = ops.exp(logits - top)
        total = ops.sum(shares, axis=-1, keepdims=True)
        own = _at(logits, targets) - top[..., 0]

        def gradient(*arguments: Any, upstream: Any = None) -> Any:
            d = (arguments[0] if upstream is None else upstream)[..., None]
            words = ops.arange(logits.shape[-1], dtype="int32")
            target = words == targets[..., None]
            return ops.where(target, d * (shares / total - 1), d / total * shares)

        return ops.log(total[..., 0]) - own, gradient

    return run(logits)


def _at(logits: Any, targets: Any) -> Any:
    """Look up the logit of each target; in one row of all, which XLA does in place."""
    size = logits.shape[-1]
    places = ops.reshape(targets, (-1,))
    places = places + size * ops.arange(ops.shape(places)[0], dtype="int32")
    found = ops.take(ops.reshape(logits, (-1,)), places)
    return ops.reshape(found, ops.shape(targets))
