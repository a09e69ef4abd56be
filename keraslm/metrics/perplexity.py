"""Perplexity, of all the tokens that were seen."""

from typing import Any

import keras
from keras import ops

from keraslm.metrics.nats_per_token import NatsPerToken


@keras.saving.register_keras_serializable("keraslm")
class Perplexity(NatsPerToken):
    """How many equally likely tokens the model hesitates between, on average.

        model.compile("adam", loss, weighted_metrics=[keraslm.metrics.Perplexity()])

    Math:   perplexity = exp(H), see `NatsPerToken`
    References: Jelinek, Mercer, Bahl & Baker (1977).
    """

    def __init__(
        self,
        name: str = "perplexity",
        from_logits: bool = True,
        dtype: str | None = None,
    ) -> None:
        super().__init__(name, from_logits, dtype)

    def result(self) -> Any:
        """Give the perplexity so far."""
        return ops.exp(self.nats_per_token())
