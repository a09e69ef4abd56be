"""The optimizers, which also tell the norm of the gradient."""

import functools
from typing import Any

import keras
from keras import ops

from keraslm.training.configuration import Configuration


class _TellsNorm:
    """Keep the norm of the gradient before it is clipped.

    Math:   |g| = sqrt(sum of squares over all weights)
    """

    gradient_norm: Any

    def build(self, variables: list[Any]) -> None:
        """Make room for the norm beside the moments."""
        super().build(variables)  # type: ignore[misc]
        self.gradient_norm = self.add_variable(  # type: ignore[attr-defined]
            (), name="gradient_norm"
        )

    def apply(self, grads: list[Any], trainable_variables: Any = None) -> Any:
        """Note the norm, then update the weights."""
        if not self.built:  # type: ignore[attr-defined]
            self.build(list(trainable_variables))
        squares = [ops.sum(ops.square(_dense(g))) for g in grads if g is not None]
        self.gradient_norm.assign(ops.sqrt(functools.reduce(ops.add, squares)))
        return super().apply(grads, trainable_variables)  # type: ignore[misc]


class SGDWithNorm(_TellsNorm, keras.optimizers.SGD):
    pass


class AdamWithNorm(_TellsNorm, keras.optimizers.Adam):
    pass


class AdamWWithNorm(_TellsNorm, keras.optimizers.AdamW):
    pass


def new_optimizer(c: Configuration) -> Any:
    """Build the optimizer of a configuration, with its clipping.

    Math:   by norm   g <- g min(1, threshold / |g|)
            by value  g <- max(-v, min(v, g))
    References: Pascanu, Mikolov & Bengio (2013), by norm; Kingma & Ba (2015), Adam;
            Loshchilov & Hutter (2019), AdamW.
    """
    clipping = {"clipvalue": c.clip_value} if c.clip_value else {}
    if c.clip_norm:
        clipping = {"global_clipnorm": c.clip_norm}
    rate = c.learning_rate
    if c.optimizer == "sgd":
        return SGDWithNorm(rate, **clipping)
    if c.optimizer == "momentum":
        return SGDWithNorm(rate, momentum=0.9, **clipping)
    if c.optimizer == "adamw":
        return AdamWWithNorm(rate, weight_decay=c.weight_decay, **clipping)
    return AdamWithNorm(rate, **clipping)


def _dense(gradient: Any) -> Any:
    """Give a gradient as one tensor; TensorFlow gives an embedding's in slices."""
    return ops.convert_to_tensor(gradient)
