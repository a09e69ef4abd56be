"""The optimizers, which also tell the gradient's norm and average weights.

The weights of hashed features have a step of their own: see `feature_step`.
"""

import functools
from typing import Any

import keras
from keras import ops

from keraslm.callbacks.clock import Clock
from keraslm.kernels.devices import assign
from keraslm.training.feature_step import is_of_features, step
from keraslm.training.options import Configuration
from keraslm.windows import Windows


class _Watched:
    """Keep the norm of the gradient before it is clipped, and a mean of the weights.

    Math:   |g| = sqrt(sum of squares), features left out;   m <- m + s (w - m)
    """

    gradient_norm: Any
    averaging = False
    averaging_share: Any
    """s, which `Averaging` sets before each step."""
    averages: list[Any]
    squares: dict[int, Any]
    """A of the features' weights, by the number of the weight."""
    feature_rate = 1.0
    """What the learning rate is multiplied by for the features' weights."""
    penalties = (0.0, 0.0)
    """l1 and l2 of the features' weights."""
    penalty_share: Any = None
    """What the penalties are multiplied by in the step to come."""
    tokens = 1
    """How many tokens the loss is divided by."""

    def build(self, variables: list[Any]) -> None:
        """Make room for the norm, the squares and the mean beside the moments."""
        super().build(variables)  # type: ignore[misc]
        new: Any = self
        made: Any = super()  # also for features, unlike the moments
        start = keras.initializers.Constant(self.tokens**-2)
        self.squares = {
            number: made.add_variable_from_reference(
                weight, "squares", initializer=start
            )
            for number, weight in enumerate(variables)
            if is_of_features(weight)
        }
        if self.squares and any(self.penalties):
            self.penalty_share = new.add_variable(
                (), initializer="ones", name="penalty_share"
            )
        self.gradient_norm = new.add_variable((), name="gradient_norm")
        self.averages = []
        if self.averaging:
            self.averaging_share = new.add_variable(
                (), initializer="ones", name="averaging_share"
            )
            for weight in variables:
                self.averages.append(
                    made.add_variable_from_reference(weight, "average")
                )

    def add_variable_from_reference(
        self, reference_variable: Any, name: Any = None, initializer: Any = "zeros"
    ) -> Any:
        """Make a moment of a weight; those of features need none."""
        if is_of_features(reference_variable):
            return None
        new: Any = super()
        return new.add_variable_from_reference(reference_variable, name, initializer)

    def apply(self, grads: list[Any], trainable_variables: Any = None) -> Any:
        """Note the norm, then update the weights; those of features are not clipped."""
        if not self.built:  # type: ignore[attr-defined]
            self.build(list(trainable_variables))
        new: Any = self
        weights = list(trainable_variables or new._trainable_variables)
        dense = [g if g is None else _added_up(g) for g in grads]
        pairs = list(zip(dense, weights, strict=True))
        others = [(g, w) for g, w in pairs if not is_of_features(w)]
        squares = [_sum_of_squares(g) for g, _ in others if g is not None]
        self.gradient_norm.assign(ops.sqrt(functools.reduce(ops.add, squares)))
        rate = self.feature_rate * new._get_current_learning_rate()
        for gradient, weight in pairs:
            if is_of_features(weight):
                number = new._get_variable_index(weight)
                a, share = self.squares[number], self.penalty_share
                step(weight, gradient, a, rate, *self.penalties, share)
        super().apply(*map(list, zip(*others, strict=True)))  # type: ignore[misc]
        if self.averaging:
            for mean, weight in zip(self.averages, weights, strict=True):
                mean.assign(mean + self.averaging_share * (weight - mean))

    def _clip_gradients(self, grads: list[Any]) -> list[Any]:
        """Clip by the norm that is known, where Keras would sum the squares again."""
        new: Any = self
        made: Any = super()
        threshold = new.global_clipnorm
        if not threshold:
            return made._clip_gradients(grads)
        share = threshold / ops.maximum(self.gradient_norm, threshold)
        return [gradient * share for gradient in grads]

    def _all_reduce_sum_gradients(self, grads_and_vars: Any) -> Any:
        """Leave the gradients of the one device that there is as they are.

        TensorFlow would register a sum of them, and with it keep the graph, the weights
        and the moments for as long as the process lives.
        """
        return grads_and_vars


class WatchedSGD(_Watched, keras.optimizers.SGD):
    pass


class WatchedRMSprop(_Watched, keras.optimizers.RMSprop):
    pass


class WatchedAdam(_Watched, keras.optimizers.Adam):
    pass


class WatchedAdamW(_Watched, keras.optimizers.AdamW):
    pass


class PenaltyShare(keras.callbacks.Callback):
    """Let the penalties of a step weigh as much as its tokens."""

    def __init__(self, windows: Windows, clock: Clock) -> None:
        super().__init__()
        self._windows, self._clock = windows, clock
        self._assigned: float | None = None

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Set the share of the step to come; nearly every step is full."""
        number = self._clock.step % len(self._windows)
        share = self._windows.tokens_in(number) / self._windows.full
        if share != self._assigned:
            assign(self.model.optimizer.penalty_share, share)
            self._assigned = share


def averages(c: Configuration) -> bool:
    """Say whether a run averages weights."""
    return c.average_steps is not None or c.average_after is not None


def new_optimizer(c: Configuration, tokens: int = 1) -> Any:
    """Build the optimizer of a configuration, with its clipping.

    Math:   by norm   g <- g min(1, threshold / |g|)
            by value  g <- max(-v, min(v, g))
    References: Pascanu, Mikolov & Bengio (2013), by norm; Tieleman & Hinton (2012),
            RMSprop; Kingma & Ba (2015), Adam; Loshchilov & Hutter (2019), AdamW; Melis,
            Dyer & Blunsom (2018), recurrent networks with a beta_1 of 0.
    """
    optimizer = _new(c)
    optimizer.averaging = averages(c)
    optimizer.penalties = (c.l1, c.l2)
    optimizer.feature_rate = c.feature_rate or 1.0
    optimizer.tokens = tokens
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
    given = clipping if c.beta_1 is None else {**clipping, "beta_1": c.beta_1}
    if c.optimizer == "adamw":
        return WatchedAdamW(rate, weight_decay=c.weight_decay, **given)
    return WatchedAdam(rate, **given)


def _added_up(gradient: Any) -> Any:
    """Give a gradient as one tensor of the weight's shape.

    TensorFlow gives that of an embedding as a row for every token. A word that stands
    twice has two rows, and |g| is not the norm of all rows.
    """
    return ops.reshape(gradient, gradient.shape)


def _sum_of_squares(gradient: Any) -> Any:
    """Sum the last axis as a product with ones, which is compiled better than a sum."""
    ones = ops.ones(gradient.shape[-1:], gradient.dtype)
    return ops.sum(ops.dot(ops.square(gradient), ones))
