"""The maximum-entropy language model."""

from typing import Any

import keras

from keraslm.layers import DirectFeatures
from keraslm.models.causal import CausalModel


@keras.saving.register_keras_serializable("keraslm")
class MaxEntModel(CausalModel):
    """Predict the next token by weights of the n-grams that it would complete.

    Math:   logits_t[w] = b[w] + sum over the histories h of t of D[b(h) + w]
            P(w | h) = exp(logits_t[w]) / Z_t
    The histories are the last 1 .. order - 1 tokens, and those that leave out the
    newest 1 .. skip; see `DirectFeatures`. Of all distributions that give each feature
    its mean in the training text, the one with the highest entropy has this form, where
    no two features share a weight. The state is the last ids.

    Raises: UsageError as `DirectFeatures`.
    References: Berger, Della Pietra & Della Pietra (1996); Rosenfeld (1996).
    """

    def __init__(
        self,
        vocabulary_size: int,
        order: int = 3,
        skip: int = 0,
        bits: int = 22,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.vocabulary_size = vocabulary_size
        self.direct = DirectFeatures(vocabulary_size, order, skip, bits)
        self.bias = self.add_weight(
            (vocabulary_size,), initializer="zeros", name="bias"
        )

    def initial_states(self, batch_size: Any) -> list[Any]:
        """Give the ids before a text: line boundaries."""
        return self.direct.initial_state(batch_size)

    def step(
        self, ids: Any, states: list[Any], training: bool = False, length: Any = None
    ) -> tuple[Any, list[Any]]:
        """Read ids, or the first `length` of each row, from a state.

        Shapes: ids (batch, time) -> logits (batch, time, vocabulary), next states
        """
        contexts, after = self.direct.read(ids, states, length)
        return self.direct(contexts) + self.bias, after

    def get_config(self) -> dict[str, Any]:
        """Give the arguments of the model."""
        own = {name: getattr(self.direct, name) for name in ("order", "skip", "bits")}
        return {**super().get_config(), "vocabulary_size": self.vocabulary_size, **own}
