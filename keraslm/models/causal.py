"""The contract of a Keras language model: ids to logits, never looking ahead.

Math:   logits_t = f(x_1 .. x_t);   P(y_t = w | x_1 .. x_t) = softmax(logits_t)[w]
"""

import abc
from typing import Any

import keras
from keras import ops

from keraslm.kernels.cross_entropy import cross_entropy


class CausalModel(keras.Model):
    """A Keras model of ids (batch, time) to logits (batch, time, vocabulary).

    What it keeps of the past is explicit: `step` takes a state and gives the next, so
    that training, evaluation and generation can go on where they stopped. Called as a
    plain Keras model it starts from the state at the beginning of a line.
    """

    vocabulary_size: int

    @property
    def state_rule(self) -> str:
        """How much of the history a prediction sees, in words, for the card."""
        return "state carried from the first token to the last, across line ends"

    @property
    def suits_xla(self) -> bool:
        """Whether XLA can compile it, also where Keras would not by itself."""
        return keras.backend.backend() != "torch"

    @property
    def numbers_per_token(self) -> int:
        """The most numbers that `nats` makes of a token at once: a logit a word."""
        return self.vocabulary_size

    @abc.abstractmethod
    def initial_states(self, batch_size: Any) -> list[Any]:
        """Give the state at the beginning of a text."""

    @abc.abstractmethod
    def step(
        self, ids: Any, states: list[Any], training: bool = False, length: Any = None
    ) -> tuple[Any, list[Any]]:
        """Read ids, or the first `length` of each row, from a state.

        Shapes: ids (batch, time) -> logits (batch, time, vocabulary), next states
        """

    def step_for_nats(
        self, ids: Any, states: list[Any], training: bool = False, length: Any = None
    ) -> tuple[Any, list[Any]]:
        """Read ids as `step` does; give what `nats` takes: the logits, or less."""
        return self.step(ids, states, training, length)

    def nats(self, shown: Any, targets: Any) -> Any:
        """Give -log P of the targets.

        Shapes: shown (batch, time, ..), targets (batch, time) -> (batch, time)
        """
        return cross_entropy(targets, shown)

    def call(self, ids: Any, training: bool = False) -> Any:
        """Read ids from the beginning of a line.

        Shapes: ids (batch, time) -> logits (batch, time, vocabulary)
        """
        ids = ops.cast(ids, "int32")
        return self.step(ids, self.initial_states(ops.shape(ids)[0]), training)[0]

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        """Give (batch, time, vocabulary)."""
        return (*input_shape, self.vocabulary_size)

    def build_weights(self) -> None:
        """Make the weights, which needs one look at some input."""
        self(ops.zeros((1, 2), "int32"))
