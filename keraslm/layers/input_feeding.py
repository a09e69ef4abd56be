"""A recurrent decoder that attends, and reads at each step what it saw at the last."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keraslm.cells import stack
from keraslm.kernels.gates import OPS


@keras.saving.register_keras_serializable("keraslm")
class InputFeeding(keras.layers.Layer):
    """Attend at each step, and feed what was made of it to the next one.

    Math:   s_t = cell([y_t, o_{t-1}], s_{t-1}),   o_0 = 0
            c_t = sum_j A_tj h_j,   A_t = softmax over j of score(s_t, h_j)
            o_t = tanh(W [c_t, s_t] + b)
    So the cell knows where it has looked, and can go on from there. `layers` are
    `LSTM`, `GRU` or `SimpleRNN` of the same units, one above the other; `attention` is
    `DotProductAttention`, whose scores are not divided by the root of the width here:
    states lie in (-1, 1), and would weigh all h alike; or `AdditiveAttention`.

    It is called on [y, h, there, *states], `there` saying which h are no padding, the
    states those of each layer before the first step.

    Shapes: y (batch, time, features), h (batch, sources, units), there (batch,
            sources), each state (batch, units) -> o (batch, time, units)
    References: Luong, Pham & Manning (2015).
    """

    def __init__(self, layers: Sequence[Any], attention: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.layers = [_revived(layer) for layer in layers]
        self.attention = _revived(attention)
        self.units = self.layers[-1].units
        self.join = keras.layers.Dense(self.units, activation="tanh")
        self.root = 1.0
        if type(self.attention).__name__ == "DotProductAttention":
            self.root = float(self.units) ** 0.5
        self.supports_masking = True

    def build(self, input_shape: Sequence[Any]) -> None:
        """Make the weights of the cells, of the attention and of the join."""
        width, memory = input_shape[0][-1] + self.units, input_shape[1]
        for layer in self.layers:
            _build(layer, (None, None, width))
            width = layer.units
        _build(self.attention, [(None, None, self.units), memory])
        self.join.build((None, self.units + memory[-1]))

    def call(self, inputs: Sequence[Any], mask: Any = None) -> Any:
        """Give o of every step."""
        y, memory, there, *states = inputs
        cells = [layer.cell for layer in self.layers]
        weights = [
            [ops.convert_to_tensor(weight) for weight in layer.cell_weights]
            for layer in self.layers
        ]

        def step(carry: Any, y_t: Any) -> Any:
            o, *states = carry
            x = ops.concatenate([y_t, o], axis=-1)
            s, of_layers = stack.step(
                cells, x, _by_layer(cells, states), weights, gates=OPS
            )
            o = self.attended(s, memory, there)
            carry = [o, *(state for of_layer in of_layers for state in of_layer)]
            return carry, carry

        first = [ops.zeros_like(states[0]), *states]
        _, (o, *_) = ops.scan(step, first, ops.transpose(y, (1, 0, 2)))
        return ops.transpose(o, (1, 0, 2))

    def attended(self, s: Any, memory: Any, there: Any) -> Any:
        """Give o of one step.  Shapes: s (batch, units) -> (batch, units)"""
        query = ops.expand_dims(s * self.root, 1)
        c = self.attention([query, memory], mask=[None, there])
        return self.join(ops.concatenate([ops.squeeze(c, 1), s], axis=-1))

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Give the mask of y."""
        return mask[0] if mask else None

    def compute_output_shape(self, input_shape: Sequence[Any]) -> Any:
        """Give (batch, time, units)."""
        return (*input_shape[0][:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        """Give the arguments of the layer."""
        parts = [keras.saving.serialize_keras_object(each) for each in self.layers]
        attention = keras.saving.serialize_keras_object(self.attention)
        return {**super().get_config(), "layers": parts, "attention": attention}


def _revived(layer: Any) -> Any:
    if isinstance(layer, dict):
        return keras.saving.deserialize_keras_object(layer)
    return layer


def _build(layer: Any, shape: Any) -> None:
    """Make the weights of a layer, unless a file had it, and with them."""
    if not layer.built:
        layer.build(shape)


def _by_layer(cells: Sequence[Any], states: Sequence[Any]) -> list[Sequence[Any]]:
    """Give the states of each layer."""
    number = len(states) // len(cells)
    return [states[k * number : (k + 1) * number] for k in range(len(cells))]
