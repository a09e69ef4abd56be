"""The activations of a cell's gates on the tensors of a back end."""

from collections.abc import Sequence
from typing import Any

from keras import ops

from keraslm.cells.gates import scale_and_shift


class Gates:
    """Do what `keraslm.cells.gates.Gates` does, with `keras.ops`.

    Compiled, one tanh of the whole, over memory that lies together, takes a fifth of
    the time of a sigmoid or tanh of every block.
    """

    def __call__(self, x: Any, *activations: str) -> Sequence[Any]:
        """Cut x into one block for each activation, and apply it."""
        if "linear" in activations:
            parts = ops.split(x, len(activations), axis=-1)
            blocks = zip(activations, parts, strict=True)
            return [getattr(self, name)(block) for name, block in blocks]
        scale, shift = (
            ops.convert_to_tensor(part, x.dtype)
            for part in scale_and_shift(activations, x.shape[-1])
        )
        y = scale * ops.tanh(scale * x) + shift
        return ops.split(y, len(activations), axis=-1)

    def tanh(self, x: Any) -> Any:
        """Squash to (-1, 1)."""
        return ops.tanh(x)

    def sigmoid(self, x: Any) -> Any:
        """Squash to (0, 1)."""
        return ops.sigmoid(x)

    def linear(self, x: Any) -> Any:
        """Leave x as it is."""
        return x


OPS = Gates()
