"""A model as two TensorFlow functions, which the formats are written from.

step        ids (batch,), states -> logits (batch, vocabulary), next states
sequence    ids (batch, time) -> logits (batch, time, vocabulary)
"""

from typing import Any

import tensorflow as tf

from keraslm.export.step import State, states_of, step
from keraslm.export.stock import stock_model
from keraslm.models.architecture import kind_of
from keraslm.models.causal import CausalModel


class Signatures(tf.Module):
    """The functions `step` and `sequence`, for batches of one size or of any.

    `reader` computes the sequence: the model itself, or one that gives the same logits.
    """

    def __init__(self, model: Any, reader: Any, batch: int | None = None) -> None:
        super().__init__()
        # found here, the weights are saved with the functions
        self.weights = [weight.value for weight in [*model.weights, *reader.weights]]
        states = states_of(model)
        text = tf.TensorSpec((batch, None), tf.int32, "ids")
        token = tf.TensorSpec((batch,), tf.int32, "ids")
        before = [_spec(state, batch) for state in states]

        def read_token(ids: Any, *given: Any) -> dict[str, Any]:
            logits, after = step(model, ids, list(given))
            named = {s.next_name: a for s, a in zip(states, after, strict=True)}
            return {"logits": logits, **named}

        def read_text(ids: Any) -> dict[str, Any]:
            return {"logits": reader(ids, training=False)}

        self.step = tf.function(read_token, input_signature=[token, *before])
        self.sequence = tf.function(read_text, input_signature=[text])


def quick_reader(model: CausalModel) -> Any:
    """Give the same model of layers and operations that all runtimes have."""
    return model if kind_of(model) == "window" else stock_model(model)


def _spec(state: State, batch: int | None) -> tf.TensorSpec:
    return tf.TensorSpec((batch, *state.shape), state.dtype, state.name)
