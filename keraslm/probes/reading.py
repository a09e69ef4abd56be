"""The states a network goes through as it reads."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from keraslm.models import RecurrentModel
from keraslm.models.streams import RecurrentStream

Array = np.ndarray[Any, Any]
STATES = ("h", "c")


def states_while_reading(
    network: RecurrentModel, inputs: Array
) -> Iterator[list[list[Array]]]:
    """Yield the states of each layer before the first input, and after every input.

    Shapes: inputs (tokens,) -> tokens + 1 times, of each layer h, and c of an LSTM,
            each (units,)
    """
    yield [
        [np.zeros(layer.units, np.float32)] * layer.states
        for layer in network.recurrent
    ]
    first, *rest = inputs.tolist()
    stream = RecurrentStream(network, first)
    yield list(stream.states)
    for token_id in rest:
        stream.advance(token_id)
        yield list(stream.states)
