"""The states a network goes through as it reads."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from keras import ops

from keraslm.probes.network import ProbedLayer, ProbedNetwork, last

Array = np.ndarray[Any, Any]
STATES = ("h", "c")
CHUNK = 256  # tokens that the other layers read at once


def states_while_reading(
    network: ProbedNetwork, inputs: Array
) -> Iterator[list[list[Array]]]:
    """Yield the states of each layer before the first input, and after every input.

    Shapes: inputs (tokens,) -> tokens + 1 times, of each layer h, and c of an LSTM,
            each (units,)
    """
    states = before_a_text(network)
    others = network.model.initial_states(1)
    yield states
    for start in range(0, len(inputs), CHUNK):
        ids = inputs[None, start : start + CHUNK]
        read, others = _read(network, ids, states, others)
        for of_layers in zip(*read, strict=True):
            states = list(of_layers)
            yield states


def _read(
    network: ProbedNetwork, ids: Array, states: list[list[Array]], others: list[Any]
) -> tuple[list[list[list[Array]]], list[Any]]:
    """Read some ids; give each layer's states after every step, and all others."""
    found: dict[int, list[list[Array]]] = {}

    def read_layer(number: int, x: Any) -> Any:
        found[number] = _steps(network.layers[number], x, states[number])
        shown = np.array([state[0] for state in found[number]])
        return ops.cast(shown[None], x.dtype)

    _, others = network.run(ids, others, read_layer, last)
    return [found[number] for number in range(len(network.layers))], others


def before_a_text(network: ProbedNetwork) -> list[list[Array]]:
    """Give zeros for each state of each layer; shapes: (units,) each."""
    return [
        [np.zeros(layer.cell.units, np.float32) for _ in layer.cell.states]
        for layer in network.layers
    ]


def _steps(layer: ProbedLayer, inputs: Any, state: list[Array]) -> list[list[Array]]:
    """Give a layer's states after every input; shapes: inputs (1, time, features)."""
    weights = [_array(weight) for weight in layer.weights]
    found = []
    for x in _array(inputs[0]):
        state = list(layer.cell.step(x, state, weights))
        found.append(state)
    return found


def _array(tensor: Any) -> Array:
    return np.asarray(ops.convert_to_numpy(ops.cast(tensor, "float32")))
