"""What the recurrent layers share: weights, the loop over time, the state.

Math:   z_t = W x_t + b for all t in one matrix product, then the cell, step by step
"""

from typing import Any

import keras
from keras import ops

from keraslm.errors import UsageError
from keraslm.layers.scan import scan


class Recurrent(keras.layers.Layer):
    """A layer that reads a sequence and carries a state.

    A subclass gives `gates`, the number of blocks of `units` columns in its weights,
    and `cell`, its equations. The weights are laid out as in Keras's own layer of the
    same name, so `set_weights` copies them across.

    Shapes: inputs (batch, time, features) -> (batch, time, units), and with
            `return_state` the last states, each (batch, units)
    Raises: UsageError if units < 1.
    """

    gates = 1
    states = 1

    def __init__(self, units: int, return_state: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if units < 1:
            raise UsageError(f"units must be 1 or more; received {units}")
        self.units = units
        self.return_state = return_state

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make W (features, gates x units), U (units, gates x units) and b."""
        width = self.gates * self.units
        self.kernel = self.add_weight(
            (input_shape[-1], width), initializer="glorot_uniform", name="kernel"
        )
        self.recurrent_kernel = self.add_weight(
            (self.units, width), initializer="orthogonal", name="recurrent_kernel"
        )
        self.bias = self.add_weight(
            self.bias_shape(), initializer=self.bias_initializer, name="bias"
        )

    def bias_shape(self) -> tuple[int, ...]:
        """The shape of b."""
        return (self.gates * self.units,)

    def bias_initializer(self, shape: tuple[int, ...], dtype: Any = None) -> Any:
        """Start b at zero."""
        return ops.zeros(shape, dtype)

    def initial_state(self, batch_size: Any) -> list[Any]:
        """Give the state before the first step: zeros.

        Shapes: `states` arrays (batch, units)
        """
        shape = (batch_size, self.units)
        return [ops.zeros(shape, self.compute_dtype) for _ in range(self.states)]

    def call(self, inputs: Any, initial_state: list[Any] | None = None) -> Any:
        """Read the sequence from a state, by default from zeros."""
        if initial_state is None:
            initial_state = self.initial_state(ops.shape(inputs)[0])
        recurrent = ops.convert_to_tensor(self.recurrent_kernel)
        bias = ops.convert_to_tensor(self.bias)

        def cell(z: Any, states: list[Any]) -> list[Any]:
            return self.cell(z, states, recurrent, bias, ops)

        projected = self.project(inputs, ops.convert_to_tensor(self.kernel), bias, ops)
        outputs, last = scan(cell, list(initial_state), projected)
        return (outputs, *last) if self.return_state else outputs

    def project(self, inputs: Any, kernel: Any, bias: Any, math: Any) -> Any:
        """Multiply the inputs of all steps with W at once.

        Math:   z_t = W x_t + b
        """
        return math.matmul(inputs, kernel) + bias

    def cell(
        self, z: Any, states: list[Any], recurrent: Any, bias: Any, math: Any
    ) -> list[Any]:
        """Advance the state by one step; a subclass writes its equations here.

        `math` is `keras.ops`, or `keraslm.layers.arrays` for plain NumPy arrays.
        """
        raise NotImplementedError

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...], initial_state_shape: Any = None
    ) -> Any:
        """Give (batch, time, units), and the states' shapes with `return_state`."""
        batch, time, _ = input_shape
        outputs = (batch, time, self.units)
        if not self.return_state:
            return outputs
        return (outputs, *[(batch, self.units)] * self.states)

    def get_config(self) -> dict[str, Any]:
        """Give the arguments of the layer."""
        own = {"units": self.units, "return_state": self.return_state}
        return {**super().get_config(), **own}
