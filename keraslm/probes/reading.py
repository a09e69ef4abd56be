"""The states a network goes through as it reads."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from keras import ops

from keraslm.probes.network import ProbedLayer, ProbedNetwork, last

Array = np.ndarray[Any, Any]
STATES = ("h", "c")
Values = dict[str, Array]
"""What a layer's cell computes in a step by name: h, c, its gates; each (units,)."""
CHUNK = 256  # tokens that the other layers read at once


def states_while_reading(
    network: ProbedNetwork, inputs: Array
) -> Iterator[list[list[Array]]]:
    """Yield the states of each layer before the first input, and after every input.

    Shapes: inputs (tokens,) -> tokens + 1 times, of each layer h, and c of an LSTM,
            each (units,)
    """
    yield before_a_text(network)
    for values in values_while_reading(network, inputs):
        yield [
            [of_layer[name] for name in layer.cell.states]
            for layer, of_layer in zip(network.layers, values, strict=True)
        ]


def values_while_reading(
    network: ProbedNetwork, inputs: Array
) -> Iterator[list[Values]]:
    """Yield what each layer's cell computes at every input.

    Shapes: inputs (tokens,) -> tokens times, of each layer its values
    """
    states = before_a_text(network)
    others = network.model.initial_states(1)
    for start in range(0, len(inputs), CHUNK):
        ids = inputs[None, start : start + CHUNK]
        read, others = _read(network, ids, states, others)
        for of_layers in zip(*read, strict=True):
            yield list(of_layers)
        states = [
            [layer_values[-1][name] for name in layer.cell.states]
            for layer, layer_values in zip(network.layers, read, strict=True)
        ]


def _read(
    network: ProbedNetwork, ids: Array, states: list[list[Array]], others: list[Any]
) -> tuple[list[list[Values]], list[Any]]:
    """Read some ids; give each layer's values at every step, and all other states."""
    found: dict[int, list[Values]] = {}

    def read_layer(number: int, x: Any) -> Any:
        found[number] = _steps(network.layers[number], x, states[number])
        shown = np.array([values["h"] for values in found[number]])
        return ops.cast(shown[None], x.dtype)

    _, others = network.run(ids, others, read_layer, last)
    return [found[number] for number in range(len(network.layers))], others


def before_a_text(network: ProbedNetwork) -> list[list[Array]]:
    """Give zeros for each state of each layer; shapes: (units,) each."""
    return [
        [np.zeros(layer.cell.units, np.float32) for _ in layer.cell.states]
        for layer in network.layers
    ]


def _steps(layer: ProbedLayer, inputs: Any, state: list[Array]) -> list[Values]:
    """Give a layer's values at every input; shapes: inputs (1, time, features)."""
    weights = [_array(weight) for weight in layer.weights]
    found = []
    for x in _array(inputs[0]):
        values = layer.cell.values(x, state, weights)
        state = [values[name] for name in layer.cell.states]
        found.append(values)
    return found


def _array(tensor: Any) -> Array:
    return np.asarray(ops.convert_to_numpy(ops.cast(tensor, "float32")))
