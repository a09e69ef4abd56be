"""The norm of the gradient, before it is clipped."""

import functools
from typing import Any

import keras
import numpy as np
from keras import ops


class GradientNorm(keras.callbacks.Callback):
    """Log the norm of the last step's gradient as `gradient_norm`.

    Math:   |g| = sqrt(sum over all weights of the squares of their gradients)
    Before it is clipped. An optimizer of `keraslm.training` tells it by itself; to any
    other a variable is added while it trains.

    References: Pascanu, Mikolov & Bengio (2013).
    """

    def __init__(self) -> None:
        super().__init__()
        self._norm: Any = None

    def on_train_begin(self, logs: Any = None) -> None:
        """Let the optimizer note the norm."""
        optimizer = self.model.optimizer
        self._norm = getattr(optimizer, "gradient_norm", None)
        if self._norm is not None:
            return
        if not optimizer.built:
            optimizer.build(self.model.trainable_variables)
        self._norm = optimizer.add_variable((), name="gradient_norm")
        apply = optimizer.apply

        @functools.wraps(apply)
        def noting(grads: list[Any], trainable_variables: Any = None) -> Any:
            # as one tensor: TensorFlow gives an embedding's row by row, twice where a
            # token stands twice
            weights = trainable_variables or self.model.trainable_variables
            pairs = [
                (g, w) for g, w in zip(grads, weights, strict=True) if g is not None
            ]
            whole = [ops.cast(ops.reshape(g, w.shape), "float32") for g, w in pairs]
            squares = [ops.sum(ops.square(g)) for g in whole]
            self._norm.assign(ops.sqrt(functools.reduce(ops.add, squares)))
            return apply(grads, trainable_variables)

        optimizer.apply = noting
        self.model.make_train_function(force=True)  # of an earlier fit it notes nothing
        # in the model's file, the optimizer is what it is without the norm
        optimizer.save_own_variables = lambda store: store.update(
            {str(k): np.asarray(v) for k, v in enumerate(optimizer.variables[:-1])}
        )

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Log the norm of the step."""
        self._log(logs)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Log the norm of the epoch's last step."""
        self._log(logs)

    def _log(self, logs: Any) -> None:
        if logs is not None:
            self.model  # noqa: B018  JAX's variables are put back for a callback
            logs["gradient_norm"] = float(ops.convert_to_numpy(self._norm))

    def on_train_end(self, logs: Any = None) -> None:
        """Leave the optimizer as it was."""
        optimizer = self.model.optimizer
        if vars(optimizer).pop("apply", None) is not None:
            del optimizer.save_own_variables
            optimizer._variables.pop()
            self.model.train_function = None
