"""A masked network while it is trained: a fit that goes on where it was interrupted."""

import os
from collections.abc import Callable
from typing import Any

import keras

from keraslm.masked.batches import MaskedBatches
from keraslm.masked.networks import new_network
from keraslm.masked.shape import Shape
from keraslm.models.following import fit_in_order

Save = Callable[[keras.Model, str | os.PathLike[str]], None]


class InTraining(keras.Model):
    """A network of `new_network`, for `keraslm.callbacks.ExactResume` and `BestModel`.

    `save_as` writes it without what training alone needs.
    """

    def __init__(
        self, shape: Shape, size: int, dropout: float, seed: int, save_as: Save
    ) -> None:
        network = new_network(shape, size, dropout, seed)
        super().__init__(network.inputs, network.outputs, name=network.name)
        self.save_as = save_as

    def save(self, filepath: Any, *arguments: Any, **more: Any) -> None:
        """Write the network and its vocabulary as one file."""
        self.save_as(self, filepath)

    @property
    def training_variables(self) -> list[Any]:
        """What a step of training changes beside the optimizer and the sums."""
        return list(self.variables)

    @property
    def epoch_sums(self) -> list[Any]:
        """What the loss and the metrics have summed up in the epoch."""
        return [variable for metric in self.metrics for variable in metric.variables]

    def fit(self, x: MaskedBatches, **more: Any) -> Any:
        """Train on batches in their order; a checkpoint says where it goes on."""
        try:
            return fit_in_order(self, super().fit, x, _read_from, **more)
        finally:
            if hasattr(self, "jax_state_sync"):
                self.jax_state_sync()


def _read_from(batches: MaskedBatches, first: int) -> MaskedBatches:
    return batches.rest(first) if first else batches
