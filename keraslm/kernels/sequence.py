"""How a sequence is read: the quickest way that the back end has.

TensorFlow loops over products x W that are made before; JAX makes them step by step;
torch has an operation for the whole; on a GPU, Keras calls cuDNN. A cell that these do
not know is read by the portable loop.
"""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keraslm.cells import Cell
from keraslm.kernels.derivatives import derivatives_of
from keraslm.kernels.keras_sequence import KerasSequence
from keraslm.kernels.loop import portable_loop
from keraslm.kernels.precision import rounding
from keraslm.kernels.products import product


def read(
    cell: Cell,
    inputs: Any,
    state: Sequence[Any],
    weights: Sequence[Any],
    length: Any = None,
    training: bool = False,
    by_keras: KerasSequence | None = None,
) -> tuple[Any, list[Any]]:
    """Read a sequence, or its first `length` steps, from a state.

    What is shown behind the length may be anything. `by_keras` calls cuDNN.

    Shapes: inputs (batch, time, features), each state (batch, units), weights those
            of `cell.weights` -> h of all steps (batch, time, units), the last state
    """
    weights = [ops.convert_to_tensor(weight) for weight in weights]
    backend = keras.backend.backend()
    if by_keras is not None and by_keras.takes(length):
        return by_keras.read(inputs, state, weights, length)
    if backend == "torch" and not rounding():
        from keraslm.kernels.torch import sequence as torch_sequence

        if torch_sequence.takes(cell):
            return torch_sequence.read(cell, inputs, state, weights, length)
    known = derivatives_of(cell) is not None
    if backend == "jax" and known and length is None and not rounding():
        from keraslm.kernels.jax import sequence as jax_sequence

        return jax_sequence.read(cell, inputs, state, weights)
    return _loop(cell, inputs, state, weights, length, training)


def input_products(cell: Cell, inputs: Any, weights: Sequence[Any]) -> Any:
    """Give z of all steps in one matrix product; b is left out if a cell only adds.

    Shapes: (batch, time, features) -> (time, batch, blocks x units)
    """
    p = cell.products(weights)
    z = product(ops.transpose(inputs, (1, 0, 2)), p.W)
    return z if cell.only_adds else z + p.b


def state_bias(cell: Cell, weights: Sequence[Any]) -> Any:
    """Give the bias of a; where a cell only adds z and a, it has the one of both."""
    p = cell.products(weights)
    return p.b if cell.only_adds else p.b_h


def _loop(
    cell: Cell,
    inputs: Any,
    state: Sequence[Any],
    weights: Sequence[Any],
    length: Any,
    training: bool,
) -> tuple[Any, list[Any]]:
    """Read step by step."""
    if keras.backend.backend() == "tensorflow":
        from keraslm.kernels.tensorflow.loop import tensorflow_loop as loop
    else:
        loop = portable_loop
    p = cell.products(weights)
    b_h = state_bias(cell, weights)
    z = input_products(cell, inputs, weights)
    shown, last = loop(cell, z, state, p.U, b_h, p.others, length, training)
    return ops.transpose(shown, (1, 0, 2)), last
