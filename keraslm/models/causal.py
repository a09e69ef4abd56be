"""The contract of a Keras language model: ids to logits, never looking ahead.

Math:   logits_t = f(x_1 .. x_t);   P(y_t = w | x_1 .. x_t) = softmax(logits_t)[w]
"""

import abc
from typing import Any

import keras

from keraslm.errors import UsageError
from keraslm.inference.network import Network
from keraslm.kernels.cross_entropy import cross_entropy

CARRIED = "state carried from the first token to the last, across line ends"


class CausalModel:
    """A Keras model of ids (batch, time) to logits (batch, time, vocabulary).

    What it keeps of the past is explicit: `step` takes a state and gives the next, so
    that training, evaluation and generation can go on where they stopped. Called as a
    plain Keras model it starts from the state at the beginning of a text.
    """

    vocabulary_size: int

    @property
    def state_rule(self) -> str:
        """How much of the history a prediction sees, in words, for the card."""
        return CARRIED

    @property
    def reach(self) -> int | None:
        """How many tokens back the state tells of, or None where that has no end."""
        return None

    @property
    def suits_xla(self) -> bool:
        """Whether XLA can compile it, also where Keras would not by itself."""
        return keras.backend.backend() != "torch"

    @property
    def numbers_per_token(self) -> int:
        """The most numbers that `nats` makes of a token at once: a logit a word."""
        return self.vocabulary_size

    @property
    def has_numpy(self) -> bool:
        """Whether `to_numpy` gives the network without Keras."""
        return False

    def to_numpy(self) -> Network:
        """Give the network on NumPy, with the present weights.

        Raises: UsageError if its layers are not those of a builder of keraslm.
        """
        raise UsageError(f"{type(self).__name__} is no network of keraslm's own")

    @abc.abstractmethod
    def initial_states(self, batch_size: Any) -> list[Any]:
        """Give the state at the beginning of a text."""

    def step(
        self, ids: Any, states: list[Any], training: bool = False, length: Any = None
    ) -> tuple[Any, list[Any]]:
        """Read ids, or the first `length` of each row, from a state.

        Shapes: ids (batch, time) -> logits (batch, time, vocabulary), next states
        """
        shown, after = self.read(ids, states, training, length)
        return self.logits(shown), after

    @abc.abstractmethod
    def read(
        self, ids: Any, states: list[Any], training: bool = False, length: Any = None
    ) -> tuple[Any, list[Any]]:
        """Read ids as `step` does; give what `logits` and `nats` take.

        That is the logits, or what comes before a softmax that needs fewer of them.
        """

    def logits(self, shown: Any) -> Any:
        """Score every token of the vocabulary.

        Shapes: shown (batch, time, ..) -> (batch, time, vocabulary)
        """
        return shown

    def nats(self, shown: Any, targets: Any) -> Any:
        """Give -log P of the targets.

        Shapes: shown (batch, time, ..), targets (batch, time) -> (batch, time)
        """
        return cross_entropy(targets, shown)
