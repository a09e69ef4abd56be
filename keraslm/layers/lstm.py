"""The long short-term memory as a Keras layer."""

from typing import Any

import keras
from keras import ops

from keraslm import cells
from keraslm.layers.recurrent import OneCell


@keras.saving.register_keras_serializable("keraslm")
class LSTM(OneCell):
    """Run the equations of `keraslm.cells.LSTM` over a sequence.

    Unlike Keras's own layer it returns every step, unless `return_sequences=False`; the
    other arguments are those of `Recurrent`. As in Keras's own, `unit_forget_bias` lets
    b_f start at 1, also beside a `bias_initializer`.

    Shapes: inputs (batch, time, features) -> (batch, time, units); states h and c
    """

    keras_name = "LSTM"

    def __init__(
        self, units: int, unit_forget_bias: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(cells.LSTM(units), **kwargs)
        self.unit_forget_bias = unit_forget_bias

    def _initializer(self, weight: cells.Weight) -> Any:
        if weight.name != "bias":
            return super()._initializer(weight)
        start = self.bias_initializer or keras.initializers.Zeros()
        return self._with_forget_bias(start) if self.unit_forget_bias else start

    def _with_forget_bias(self, start: Any) -> Any:
        def blocks(shape: Any, dtype: Any = None) -> Any:
            n = self.units
            i, f, g_o = (
                start((n,), dtype),
                ops.ones((n,), dtype),
                start((2 * n,), dtype),
            )
            return ops.concatenate([i, f, g_o])

        return blocks

    def get_config(self) -> dict[str, Any]:
        """Give the arguments of the layer."""
        return {**super().get_config(), "unit_forget_bias": self.unit_forget_bias}
