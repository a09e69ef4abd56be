"""Dropout: in training, a share of the numbers is zero and the others make up for it.

Math:   y = m x / (1 - p),   m = 0 with probability p, else 1
References: Srivastava et al. (2014); Gal & Ghahramani (2016), one mask for all steps.
"""

from typing import Any

import keras
from keras import ops

from keraslm.errors import UsageError
from keraslm.kernels.random import uniform, uniform_rows


@keras.saving.register_keras_serializable("keraslm")
class Dropout(keras.layers.Layer):
    """Drop numbers in training; with `same_steps` the same ones at every step.

    Shapes: (batch, time, width) with `same_steps`, else any -> the same
    Raises: UsageError if the rate is not in [0, 1).
    """

    def __init__(
        self,
        rate: float,
        same_steps: bool = False,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        check_rate("the rate of dropout", rate)
        self.rate = rate
        self.same_steps = same_steps
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed) if rate else None
        self.supports_masking = True
        self.built = True

    def call(self, x: Any, training: bool = False) -> Any:
        """Drop, in training."""
        if not training or self.seed_generator is None:
            return x
        shape = ops.shape(x)
        shape = (shape[0], 1, shape[2]) if self.same_steps else shape
        return drop(x, self.rate, self.seed_generator, shape, uniform_rows)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        """Give the same shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Give the arguments of the layer."""
        own = {"rate": self.rate, "same_steps": self.same_steps, "seed": self.seed}
        return {**super().get_config(), **own}


def check_rate(name: str, rate: float) -> None:
    """Refuse a share that is not in [0, 1).

    Raises: UsageError
    """
    if not 0 <= rate < 1:
        raise UsageError(f"{name} must lie in [0, 1); received {rate}")


def drop(x: Any, rate: float, seeds: Any, shape: Any, draw: Any = uniform) -> Any:
    """Drop with a mask of a shape that spreads over x."""
    kept = draw(shape, seeds) >= rate
    return ops.where(kept, x / (1 - rate), ops.zeros_like(x))
