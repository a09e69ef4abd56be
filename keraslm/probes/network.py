"""A network as a probe sees it: recurrent layers, and a graph of others around them."""

import dataclasses
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops

from keraslm import cells
from keraslm.cells.gates import ACTIVATIONS
from keraslm.errors import UsageError
from keraslm.layers import DirectFeatures, NgramEmbedding, Recurrent, Window
from keraslm.models.graph import STOCK, leaves

Select = Callable[[Any], Any]
"""Which positions are scored; shapes: (batch, time, ..) -> (batch, positions, ..)"""


@dataclasses.dataclass(frozen=True)
class ProbedLayer:
    """A recurrent layer, and the cell of its equations."""

    layer: Any
    cell: cells.Cell

    @property
    def weights(self) -> list[Any]:
        """The tensors of W, U and b, and of what else the cell asks for."""
        if isinstance(self.layer, Recurrent):
            return [ops.convert_to_tensor(w) for w in self.layer.cell_weights]
        given = [ops.convert_to_tensor(w) for w in self.layer.cell.weights]
        if not self.layer.use_bias:
            asked = self.cell.weights(given[0].shape[0])[-1]
            given.append(ops.zeros(asked.shape, given[0].dtype))
        return given


class ProbedNetwork:
    """A model whose recurrent layers a probe reads in its own way.

    Raises: UsageError if there is none, or one of another cell than keraslm's.
    """

    def __init__(self, model: Any, network: Any) -> None:
        self.model = model
        self.layers = [
            ProbedLayer(layer, _cell_of(layer))
            for layer in leaves(network)
            if isinstance(layer, (Recurrent, *STOCK))
        ]
        self.reads_back = any(
            isinstance(layer, Window | DirectFeatures | NgramEmbedding)
            for layer in leaves(network)
        )
        """Whether there are layers beside the recurrent ones that remember tokens."""
        self._places = {id(one.layer): n for n, one in enumerate(self.layers)}
        self._head = network.outputs[0]._keras_history.operation

    @property
    def vocabulary_size(self) -> int:
        """How many tokens there are."""
        return int(self.model.vocabulary_size)

    def run(
        self,
        ids: Any,
        others: list[Any],
        read_layer: Callable[[int, Any], Any],
        select: Select,
    ) -> tuple[Any, list[Any]]:
        """Score some positions; `read_layer(number, inputs)` reads a recurrent layer.

        `others` are the model's states, of which those of recurrent layers are not
        used. A last layer that reads each position by itself reads those alone.

        Shapes: ids (batch, time) -> logits (batch, positions, vocabulary), next states
        """
        done = False

        def instead(layer: Any, state: Any, inputs: Any, named: Any) -> Any:
            nonlocal done
            number = self._places.get(id(layer))
            if number is not None:
                _check_unmasked(inputs[0])
                return read_layer(number, inputs[0]), state
            if self._is_head(layer, inputs, named):
                done = True
                return layer(select(inputs[0]), **named), None
            return None

        logits, after = self.model.read_instead(instead, ids, others)
        return (logits if done else select(logits)), after

    def _is_head(self, layer: Any, inputs: Any, named: Any) -> bool:
        if layer is not self._head or len(inputs) != 1:
            return False
        if isinstance(layer, keras.layers.ReversibleEmbedding):
            return bool(named.get("reverse"))
        return isinstance(layer, keras.layers.Dense) or hasattr(layer, "nats")


def last(hidden: Any) -> Any:
    """Select the last position; shapes: (batch, time, ..) -> (batch, 1, ..)."""
    return hidden[:, -1:]


def _cell_of(layer: Any) -> cells.Cell:
    """Give the cell of a layer's equations.

    Raises: UsageError for activations that the cell does not have.
    """
    if isinstance(layer, Recurrent):
        return layer.cell
    activation = layer.activation.__name__
    if isinstance(layer, keras.layers.SimpleRNN):
        if activation in ACTIVATIONS:
            return cells.SimpleRNN(layer.units, activation)
        raise _other_equations(layer, activation)
    gates = layer.recurrent_activation.__name__
    if (activation, gates) != ("tanh", "sigmoid"):
        raise _other_equations(layer, f"{activation} and {gates}")
    if isinstance(layer, keras.layers.GRU):
        return cells.GRU(layer.units, layer.reset_after)
    return cells.LSTM(layer.units)


def _other_equations(layer: Any, activation: str) -> UsageError:
    return UsageError(
        "a probe knows Keras's recurrent layers with the activations that they have by "
        f"default; the layer {layer.name} has {activation}"
    )


def _check_unmasked(inputs: Any) -> None:
    """Refuse ids that an embedding masks: the layer leaves them out.

    Raises: UsageError
    """
    mask = getattr(inputs, "_keras_mask", None)
    if mask is not None and not np.all(ops.convert_to_numpy(mask)):
        raise UsageError(
            "the text has ids that the model masks (`mask_zero`), and a probe differs "
            "at these; give a text without them"
        )
