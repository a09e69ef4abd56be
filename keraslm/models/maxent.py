"""The maximum-entropy language model."""

from typing import Any

import keras
from keras import ops

from keraslm.inference.network import last_tokens
from keraslm.layers import ClassSoftmax, DirectFeatures
from keraslm.models.softmax_model import SoftmaxModel, new_features


@keras.saving.register_keras_serializable("keraslm")
class MaxEntModel(SoftmaxModel):
    """Predict the next token by weights of the n-grams that it would complete.

    Math:   logits_t[w] = b[w] + sum over the histories h of t of D[b(h) + w]
            P(w | h) = exp(logits_t[w]) / Z_t, or by the classes of `softmax`
    The histories are the last 1 .. order - 1 tokens, and those that leave out the
    newest 1 .. skip; see `DirectFeatures`. Of all distributions that give each feature
    its mean in the training text, the one with the highest entropy has this form, where
    no two features share a weight. The state is the last ids.

    Raises: UsageError as `DirectFeatures`.
    References: Berger, Della Pietra & Della Pietra (1996); Rosenfeld (1996).
    """

    direct: DirectFeatures

    def __init__(
        self,
        vocabulary_size: int,
        order: int = 3,
        skip: int = 0,
        bits: int = 22,
        softmax: ClassSoftmax | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.vocabulary_size = vocabulary_size
        self.softmax = softmax
        self.direct = new_features(vocabulary_size, softmax, order, skip, bits)
        if softmax is None:
            size = (vocabulary_size,)
            self.bias = self.add_weight(size, initializer="zeros", name="bias")

    @property
    def state_rule(self) -> str:
        """Say how many tokens a prediction sees."""
        return last_tokens(self.direct.reach + 1)

    def initial_states(self, batch_size: Any) -> list[Any]:
        """Give the ids before a text: line boundaries."""
        return self.direct.initial_state(batch_size)

    def look(
        self, ids: Any, states: list[Any], training: bool = False, length: Any = None
    ) -> tuple[dict[str, Any], list[Any]]:
        """Give the histories; no layer shows anything, so `hidden` has the width 0."""
        contexts, after = self.direct.read(ids, states, length)
        hidden = ops.cast(contexts[..., :0], self.compute_dtype)
        return {"hidden": hidden, "contexts": contexts}, after

    def logits(self, hidden: Any) -> Any:
        """Give b, which is the same everywhere."""
        return self.bias

    def get_config(self) -> dict[str, Any]:
        """Give the arguments of the model."""
        own = {name: getattr(self.direct, name) for name in ("order", "skip", "bits")}
        return {**super().get_config(), **own}
