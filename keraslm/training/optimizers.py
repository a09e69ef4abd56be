"""The optimizers, which also tell the gradient's norm, penalise and average weights."""

import functools
from typing import Any

import keras
from keras import ops

from keraslm.training.averaging import averages
from keraslm.training.configuration import Configuration
from keraslm.training.penalties import penalise


class _Watched:
    """Keep the norm of the gradient before it is clipped, and a mean of the weights.

    Math:   |g| = sqrt(sum of squares over all weights);   m <- m + s (w - m)
    """

    gradient_norm: Any
    averaging = False
    averaging_share: Any
    """s, which `Averaging` sets before each step."""
    averages: list[Any]
    penalties = (0.0, 0.0)
    """l1 and l2 of the features' weights."""

    def build(self, variables: list[Any]) -> None:
        """Make room for the norm and the mean beside the moments."""
        super().build(variables)  # type: ignore[misc]
        new: Any = self
        self.gradient_norm = new.add_variable((), name="gradient_norm")
        self.averages = []
        if self.averaging:
            self.averaging_share = new.add_variable(
                (), initializer="ones", name="averaging_share"
            )
            for weight in variables:
                self.averages.append(new.add_variable_from_reference(weight, "average"))

    def apply(self, grads: list[Any], trainable_variables: Any = None) -> Any:
        """Note the norm, then update the weights."""
        if not self.built:  # type: ignore[attr-defined]
            self.build(list(trainable_variables))
        grads = [g if g is None else _added_up(g) for g in grads]
        squares = [ops.sum(ops.square(g)) for g in grads if g is not None]
        self.gradient_norm.assign(ops.sqrt(functools.reduce(ops.add, squares)))
        super().apply(grads, trainable_variables)  # type: ignore[misc]
        weights = self._trainable_variables  # type: ignore[attr-defined]
        if any(self.penalties):
            rate = self.learning_rate  # type: ignore[attr-defined]
            penalise(weights, rate, *self.penalties)
        if self.averaging:
            for mean, weight in zip(self.averages, weights, strict=True):
                mean.assign(mean + self.averaging_share * (weight - mean))


class WatchedSGD(_Watched, keras.optimizers.SGD):
    pass


class WatchedRMSprop(_Watched, keras.optimizers.RMSprop):
    pass


class WatchedAdam(_Watched, keras.optimizers.Adam):
    pass


class WatchedAdamW(_Watched, keras.optimizers.AdamW):
    pass


def new_optimizer(c: Configuration) -> Any:
    """Build the optimizer of a configuration, with its clipping.

    Math:   by norm   g <- g min(1, threshold / |g|)
            by value  g <- max(-v, min(v, g))
    References: Pascanu, Mikolov & Bengio (2013), by norm; Tieleman & Hinton (2012),
            RMSprop; Kingma & Ba (2015), Adam; Loshchilov & Hutter (2019), AdamW.
    """
    optimizer = _new(c)
    optimizer.averaging = averages(c)
    optimizer.penalties = (c.l1, c.l2)
    return optimizer


def _new(c: Configuration) -> Any:
    clipping = {"clipvalue": c.clip_value} if c.clip_value else {}
    if c.clip_norm:
        clipping = {"global_clipnorm": c.clip_norm}
    rate = c.learning_rate
    if c.optimizer == "sgd":
        return WatchedSGD(rate, **clipping)
    if c.optimizer == "momentum":
        return WatchedSGD(rate, momentum=0.9, **clipping)
    if c.optimizer == "rmsprop":
        return WatchedRMSprop(rate, rho=0.95, **clipping)
    if c.optimizer == "adamw":
        return WatchedAdamW(rate, weight_decay=c.weight_decay, **clipping)
    return WatchedAdam(rate, **clipping)


def _added_up(gradient: Any) -> Any:
    """Give a gradient as one tensor of the weight's shape.

    TensorFlow gives that of an embedding as a row for every token. A word that stands
    twice has two rows, and |g| is not the norm of all rows.
    """
    return ops.reshape(gradient, gradient.shape)
