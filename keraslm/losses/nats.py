"""What a prediction of each token costs, and how much the token weighs."""

from typing import Any

import keras
from keras import ops

from keraslm.errors import UsageError
from keraslm.kernels.cross_entropy import cross_entropy


def token_nats(targets: Any, outputs: Any, from_logits: bool = True) -> Any:
    """Give -log P of each target.

    Math:   P = softmax(outputs), or the outputs themselves if they are probabilities
    Shapes: targets (batch, time), outputs (batch, time, vocabulary) -> (batch, time)
    Raises: UsageError if the shapes do not belong together.
    """
    outputs = ops.convert_to_tensor(outputs)
    targets = ops.cast(targets, "int32")
    if len(targets.shape) != len(outputs.shape) - 1:
        raise UsageError(
            "targets must be ids, (batch, time), of outputs (batch, time, vocabulary); "
            f"received targets {tuple(targets.shape)}, outputs {tuple(outputs.shape)}"
        )
    outputs = ops.cast(outputs, keras.backend.result_type(outputs.dtype, "float32"))
    if from_logits:
        return cross_entropy(targets, outputs)
    chosen = ops.take_along_axis(outputs, targets[..., None], axis=-1)
    return -ops.log(chosen[..., 0])


def token_weights(nats: Any, outputs: Any, sample_weight: Any = None) -> Any:
    """Give the weight of each token: its sample weight, or 0 where `outputs` is masked.

    Shapes: nats (batch, time); sample_weight (batch, time) or (batch,) -> (batch, time)
    """
    if sample_weight is not None:
        sample_weight = ops.convert_to_tensor(sample_weight)
        while len(sample_weight.shape) < len(nats.shape):
            sample_weight = sample_weight[..., None]
    return _Weights()(nats, outputs, sample_weight)


def weighted(nats: Any, weights: Any) -> Any:
    """Multiply, where what weighs nothing costs nothing, however unlikely it was."""
    weights = ops.cast(weights, nats.dtype)
    return ops.where(weights == 0, ops.zeros_like(nats), nats) * weights


class _Weights(keras.losses.Loss):
    """Ones, which Keras multiplies by the mask of the outputs and the sample weight."""

    def __init__(self) -> None:
        super().__init__(name="weights", reduction="none", dtype="float32")

    def call(self, y_true: Any, y_pred: Any) -> Any:
        return ops.ones_like(y_true)
