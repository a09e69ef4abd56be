"""The simple recurrent network as a Keras layer."""

from typing import Any

import keras

from keraslm import cells
from keraslm.layers.recurrent import OneCell


@keras.saving.register_keras_serializable("keraslm")
class SimpleRNN(OneCell):
    """Run the equations of `keraslm.cells.SimpleRNN` over a sequence.

    `activation` is tanh, sigmoid or linear. Unlike Keras's own layer it returns every
    step, unless `return_sequences=False`; the other arguments are those of `Recurrent`.

    Shapes: inputs (batch, time, features) -> (batch, time, units); state h
    """

    keras_name = "SimpleRNN"

    def __init__(self, units: int, activation: str = "tanh", **kwargs: Any) -> None:
        super().__init__(cells.SimpleRNN(units, activation), **kwargs)
