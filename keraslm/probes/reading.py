"""The states a network goes through as it reads."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from keraslm.models import RecurrentModel
from keraslm.models.named_variables import to_numpy
from keraslm.text.vocabulary import Vocabulary

Array = np.ndarray[Any, Any]
STATES = ("h", "c")


def states_while_reading(
    network: RecurrentModel, inputs: Array
) -> Iterator[list[list[Array]]]:
    """Yield the states of each layer before the first input, and after every input.

    Shapes: inputs (tokens,) -> tokens + 1 times, of each layer h, and c of an LSTM,
            each (units,)
    """
    numpy: Any = to_numpy(network)
    states, _ = numpy.initial_state(Vocabulary.boundary_id)
    yield states
    for token_id in inputs.tolist():
        _, states = numpy.read(token_id, states)
        yield states
