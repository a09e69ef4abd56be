"""The loss of a language model: the nats of the next token."""

from typing import Any

import keras
from keras import ops

from keraslm.losses.nats import token_nats, token_weights, weighted


@keras.saving.register_keras_serializable("keraslm")
class NextToken(keras.losses.Loss):
    """The cross-entropy of each next token, over the tokens of a full batch.

        model.compile("adam", keraslm.losses.NextToken())

    Math:   loss = sum_t w_t (-log P(y_t | history)) / (batch x time), in nats

    w_t is the sample weight, and 0 where the prediction has a Keras mask. Padding
    counts in the divisor: divided by its own tokens, as Keras does with a mask, a last
    window that is mostly padding would give each of them many times the weight of the
    others. So the loss of such a window is lower; `keraslm.metrics.Perplexity` divides
    by the tokens. With `from_logits=False` the model ends in a softmax.

    Shapes: y_true (batch, time) ids, y_pred (batch, time, vocabulary) -> ()
    Raises: UsageError if the targets are no ids of these predictions.
    """

    def __init__(self, from_logits: bool = True, name: str = "next_token") -> None:
        super().__init__(name=name)
        self.from_logits = from_logits

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Give the loss of a batch."""
        nats = self.call(y_true, y_pred)
        weights = token_weights(nats, y_pred, sample_weight)
        return ops.mean(weighted(nats, weights))

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Give the nats of each token; shapes: -> (batch, time)."""
        return token_nats(y_true, y_pred, self.from_logits)

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make it again."""
        return {"from_logits": self.from_logits, "name": self.name}
