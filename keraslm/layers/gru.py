"""The gated recurrent unit as a Keras layer."""

from typing import Any

import keras

from keraslm import cells
from keraslm.layers.recurrent import OneCell


@keras.saving.register_keras_serializable("keraslm")
class GRU(OneCell):
    """Run the equations of `keraslm.cells.GRU` over a sequence.

    `reset_after` False is the form of Cho et al. (2014), True that of Keras and cuDNN.
    Unlike Keras's own layer it returns every step, unless `return_sequences=False`; the
    other arguments are those of `Recurrent`.

    Shapes: inputs (batch, time, features) -> (batch, time, units); state h
    """

    keras_name = "GRU"

    def __init__(self, units: int, reset_after: bool = True, **kwargs: Any) -> None:
        super().__init__(cells.GRU(units, reset_after), **kwargs)
