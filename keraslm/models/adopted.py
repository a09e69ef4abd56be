"""A model that someone else trained, behind the contract of this library's own.

Its ids are those of its trainer. Here they are renumbered on the way in and on the way
out, so that `<unk>` is id 0 and the line boundary id 1.
"""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from keraslm.errors import UsageError
from keraslm.layers import Window
from keraslm.models.asking import Asked
from keraslm.models.fitting import Fitted
from keraslm.models.graph import Instead, Memories
from keraslm.models.outer_states import OuterStates

SCORES = ("logits", "probabilities")
NOTHING = -1  # instead of an id: no token of the foreign model


class AdoptedModel(Fitted, Asked, keras.Model):
    """A foreign network of stock Keras layers, its tokens renumbered.

    Math:   P(w) = p[place(w)], 0 where the network has no such token;
            P(<unk>) = sum of p over the tokens that no text can hold
            p = softmax(network(..)), or the network's own probabilities
    `places` gives the foreign id of each of our ids, `unknown` the foreign ids that
    count as `<unk>`, `given` what the network reads for each of our ids and, last, for
    the places before a text. NOTHING in `places` is a probability of 0, in `given` a
    vector of zeros. `scores` says what the network gives: logits or probabilities.
    """

    @property
    def suits_xla(self) -> bool:
        """Say no: a stranger's layers may not."""
        return False

    def __init__(
        self,
        network: Any,
        places: Sequence[int],
        unknown: Sequence[int],
        given: Sequence[int],
        scores: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.network = network
        self.places = tuple(places)
        self.unknown = tuple(unknown)
        self.given = tuple(given)
        self.scores = scores
        self.vocabulary_size = len(self.places)
        self.foreign_size = int(network.outputs[0].shape[-1])
        self.one_hot = len(network.inputs[0].shape) == 3
        _check(self)
        self.built = True  # the network came with its weights

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Read ids from the beginning of a text.

        Shapes: ids (batch, time) -> log P (batch, time, vocabulary)
        """
        if self._running.in_step:
            return self.read_batch(inputs, training)
        ids = ops.cast(inputs, "int32")
        return self.read(ids, self.initial_states(ops.shape(ids)[0]), training)[0]

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        """Give (batch, time, vocabulary)."""
        return (*input_shape, self.vocabulary_size)

    def foreign_input(self, ids: Any) -> Any:
        """Give what the network reads.

        Shapes: our ids (batch, time) -> the same, or (batch, time, foreign vocabulary)
        """
        ids = ops.take(np.array(self.given, np.int32), ids)
        if not self.one_hot:
            return ids
        vectors = ops.equal(ids[..., None], np.arange(self.foreign_size))
        return ops.cast(vectors, "float32")

    def renumbered(self, outputs: Any) -> Any:
        """Give log P of every token of ours.

        Shapes: (.., foreign vocabulary) -> (.., vocabulary)
        """
        outputs = ops.cast(outputs, "float32")
        is_logits = self.scores == "logits"
        known = ops.log_softmax(outputs) if is_logits else ops.log(outputs)
        none = ops.full_like(known[..., :1], -np.inf)
        unknown = self._sum(known) if self.unknown else none
        every = ops.concatenate([known, unknown, none], axis=-1)
        impossible = self.foreign_size + 1
        places = [impossible if p == NOTHING else p for p in self.places[1:]]
        return ops.take(every, np.array([self.foreign_size, *places]), axis=-1)

    def _sum(self, known: Any) -> Any:
        """Add up what counts as unknown; shapes: (.., V) -> (.., 1)."""
        chosen = ops.take(known, np.array(self.unknown, np.int32), axis=-1)
        return ops.log(ops.sum(ops.exp(chosen), axis=-1, keepdims=True))

    def get_config(self) -> dict[str, Any]:
        """Give the arguments of the model, the network as its configuration."""
        return {
            **super().get_config(),
            "network": keras.saving.serialize_keras_object(self.network),
            "places": list(self.places),
            "unknown": list(self.unknown),
            "given": list(self.given),
            "scores": self.scores,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "AdoptedModel":
        """Build the model of such arguments."""
        network = config["network"]
        if isinstance(network, dict):
            network = keras.saving.deserialize_keras_object(network)
        return cls(**{**config, "network": network})


def _check(model: AdoptedModel) -> None:
    """Refuse numbers that name no token."""
    size, ours = model.foreign_size, model.vocabulary_size
    numbers = {"places": model.places, "unknown": model.unknown, "given": model.given}
    for name, values in numbers.items():
        if any(type(n) is not int or not NOTHING <= n < size for n in values):
            raise UsageError(f"{name} must be tokens of a network that has {size}")
    if len(model.given) != ours + 1 or NOTHING in model.unknown:
        raise UsageError(f"{ours} tokens read {ours + 1} inputs, each once")
    if model.scores not in SCORES:
        raise UsageError(f"scores must be one of {', '.join(SCORES)}")


@keras.saving.register_keras_serializable("keraslm")
class AdoptedRecurrent(AdoptedModel):
    """A foreign recurrent network whose layers' states are carried."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        outside = len(self.network.inputs) > 1
        kind = OuterStates if outside else Memories
        self._memories: Memories | OuterStates = kind(self.network)

    def initial_states(self, batch_size: Any) -> list[Any]:
        """Give the states of the layers before a text."""
        return self._memories.initial_states(batch_size)

    def read(
        self, ids: Any, states: list[Any], training: bool = False, length: Any = None
    ) -> tuple[Any, list[Any]]:
        """Read ids from a state; `length` is not for adopted models.

        Shapes: ids (batch, time) -> log P (batch, time, vocabulary), next states
        """
        given = (self.network, self.foreign_input(ids), states, training)
        outputs, after = self._memories.read(*given)
        return self.renumbered(outputs), after

    def read_instead(
        self, instead: Instead, ids: Any, states: list[Any]
    ) -> tuple[Any, list[Any]]:
        """Read ids from a state as `read` does, some layers computed otherwise."""
        given = (self.network, self.foreign_input(ids), states, False, None, instead)
        outputs, after = self._memories.read(*given)
        return self.renumbered(outputs), after


@keras.saving.register_keras_serializable("keraslm")
class AdoptedWindow(AdoptedModel):
    """A foreign network that reads the last `context` tokens anew at every position.

    A network that predicts one token, (batch, V), gets the window with padding before
    the text's start. One that predicts at every position, (batch, time, V), gets the
    window's tokens first: it is causal, so what stands after them does not matter.
    """

    def __init__(self, *args: Any, context: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.context = context
        self.window = Window(context)
        self.length = self.network.inputs[0].shape[1] or context

    @property
    def state_rule(self) -> str:
        """Say how many tokens are read again for every prediction."""
        return f"the last {self.context} tokens, across line ends"

    @property
    def numbers_per_token(self) -> int:
        """Count a window of vectors as wide as the vocabulary for every prediction."""
        return self.context * self.vocabulary_size

    def initial_states(self, batch_size: Any) -> list[Any]:
        """Give the window before a text: no tokens.

        Shapes: one array (batch, context - 1), none if the context is one token
        """
        if self.context == 1:
            return []
        shape = (batch_size, self.context - 1)
        return [ops.full(shape, self.vocabulary_size, "int32")]

    def read(
        self, ids: Any, states: list[Any], training: bool = False, length: Any = None
    ) -> tuple[Any, list[Any]]:
        """Read ids after a window; `length` is not for adopted models.

        Shapes: ids (batch, time) -> log P (batch, time, vocabulary), next states
        """
        windows, after = self.window.read(ids, states)  # (batch, time, context)
        windows = ops.reshape(windows, (-1, self.context))
        shown = self.renumbered(self._last(windows, training))  # (batch x time, V)
        shape = (*ops.shape(ids), self.vocabulary_size)
        return ops.reshape(shown, shape), after

    def _last(self, windows: Any, training: bool) -> Any:
        """Predict what follows each window; shapes: (windows, context) -> (.., V)."""
        if len(self.network.outputs[0].shape) == 2:
            return self.network(self.foreign_input(windows), training=training)
        known = ops.sum(ops.cast(windows < self.vocabulary_size, "int32"), axis=1)
        first = self.context - known[:, None]
        order = ops.minimum(
            ops.arange(self.length, dtype="int32") + first, self.context - 1
        )
        tokens = ops.take_along_axis(windows, order, axis=1)
        outputs = self.network(self.foreign_input(tokens), training=training)
        return ops.take_along_axis(outputs, known[:, None, None] - 1, axis=1)[:, 0]

    def get_config(self) -> dict[str, Any]:
        """Give the arguments of the model, the network as its configuration."""
        return {**super().get_config(), "context": self.context}
