"""The long short-term memory as a Keras layer."""

from typing import Any

import keras

from keraslm import cells
from keraslm.layers.recurrent import OneCell


@keras.saving.register_keras_serializable("keraslm")
class LSTM(OneCell):
    """Run the equations of `keraslm.cells.LSTM` over a sequence.

    Shapes: inputs (batch, time, features) -> (batch, time, units); states h and c
    """

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(cells.LSTM(units), **kwargs)
