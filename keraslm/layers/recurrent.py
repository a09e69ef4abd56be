"""A layer that runs any cell over a sequence and carries its state.

Math:   s_t = step(x_t, s_{t-1}),   t = 1 .. time;   h_t, the first of s_t, is shown
"""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keraslm import cells
from keraslm.cells import registry
from keraslm.kernels import sequence
from keraslm.kernels.keras_sequence import keras_sequence
from keraslm.layers.dropout import check_rate, drop


@keras.saving.register_keras_serializable("keraslm")
class Recurrent(keras.layers.Layer):
    """Read a sequence with a cell, any of `keraslm.cells` or one of your own.

    The weights are those that the cell asks for; of LSTM, GRU and SimpleRNN they are
    laid out as in Keras's own layer, so `set_weights` copies them across.

    In training, `weight_drop` is the share of U's entries that are dropped, the same
    for all steps of a window.

    Shapes: inputs (batch, time, features) -> (batch, time, units), and with
            `return_state` the last states, each (batch, units)
    Raises: UsageError if weight_drop is not in [0, 1).
    References: Merity, Keskar & Socher (2018), weight_drop.
    """

    def __init__(
        self,
        cell: cells.Cell | dict[str, Any],
        return_state: bool = False,
        weight_drop: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        check_rate("weight_drop", weight_drop)
        self.cell = registry.new_cell(**cell) if isinstance(cell, dict) else cell
        self.units = self.cell.units
        self.return_state = return_state
        self.weight_drop = weight_drop
        self.seed = seed
        self._seeds = keras.random.SeedGenerator(seed) if weight_drop else None
        self._by_keras = keras_sequence(self.cell, self.dtype_policy)
        if self._by_keras is not None and keras.backend.backend() == "tensorflow":
            self.supports_jit = False  # XLA cannot call cuDNN

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights that the cell asks for."""
        self.cell_weights = [
            self.add_weight(weight.shape, _initializer(weight.start), name=weight.name)
            for weight in self.cell.weights(input_shape[-1] or 1)
        ]

    def get_initial_state(self, batch_size: Any) -> list[Any]:
        """Give the state before the first step: zeros.

        Shapes: an array (batch, units) for each of the cell's states
        """
        shape = (batch_size, self.units)
        return [ops.zeros(shape, self.compute_dtype) for _ in self.cell.states]

    def call(
        self,
        inputs: Any,
        initial_state: Sequence[Any] | None = None,
        training: bool = False,
        length: Any = None,
    ) -> Any:
        """Read the sequence, or its first `length` steps, from a state or from zeros.

        What is shown behind the length may be anything.
        """
        if initial_state is None:
            initial_state = self.get_initial_state(ops.shape(inputs)[0])
        shown, last = self.read(inputs, list(initial_state), training, length)
        return (shown, *last) if self.return_state else shown

    def read(
        self, inputs: Any, state: list[Any], training: bool = False, length: Any = None
    ) -> tuple[Any, list[Any]]:
        """Read the sequence, or its first `length` steps, on from a state."""
        weights = self._dropped() if training else self.cell_weights
        given = (self.cell, inputs, state, weights)
        return sequence.read(*given, length, training, self._by_keras)

    def _dropped(self) -> list[Any]:
        """Give the weights, some of U's entries dropped."""
        W, U, *rest = self.cell_weights
        if self._seeds is None:
            return [W, U, *rest]
        U = ops.convert_to_tensor(U)
        return [W, drop(U, self.weight_drop, self._seeds, ops.shape(U)), *rest]

    def compute_output_shape(
        self, inputs_shape: tuple[int | None, ...], initial_state_shape: Any = None
    ) -> Any:
        """Give (batch, time, units), and the states' shapes with `return_state`."""
        batch, time, _ = inputs_shape
        shown = (batch, time, self.units)
        if not self.return_state:
            return shown
        return (shown, *[(batch, self.units) for _ in self.cell.states])

    def get_config(self) -> dict[str, Any]:
        """Give the arguments of the layer."""
        cell = {"name": registry.name_of(self.cell), **self.cell.get_config()}
        names = ("return_state", "weight_drop", "seed")
        own = {name: getattr(self, name) for name in names}
        return {**super().get_config(), "cell": cell, **own}


class OneCell(Recurrent):
    """A recurrent layer of one kind of cell, which takes the cell's arguments."""

    def get_config(self) -> dict[str, Any]:
        """Give the arguments of the layer, the cell's among them."""
        config = super().get_config()
        del config["cell"]
        return {**config, **self.cell.get_config()}


def _initializer(start: str | tuple[float, ...]) -> Any:
    """Give what a weight starts from: what a name stands for, or a number a block."""
    if isinstance(start, str):
        return start

    def blocks(shape: tuple[int, ...], dtype: Any = None) -> Any:
        return ops.repeat(ops.array(start, dtype), shape[-1] // len(start), axis=-1)

    return blocks
