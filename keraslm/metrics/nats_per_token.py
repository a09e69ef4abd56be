"""What the metrics of a language model share: the nats and tokens of all batches."""

from typing import Any

import keras
from keras import ops

from keraslm.losses.nats import token_nats, token_weights, weighted


class NatsPerToken(keras.metrics.Metric):
    """Sum nats and tokens over the batches; a subclass says what they come to.

    Math:   H = sum_t w_t (-log P(y_t | history)) / sum_t w_t, over all batches; NaN
            before the first

    A mean of the batches' means would be another figure wherever batches differ in
    their tokens. Both sums keep what float32 rounds away (Knuth, 1969), so that H of a
    long text is as exact as that of a short one.

    w_t is the sample weight, and 0 where the prediction has a Keras mask. Keras gives
    sample weights to `compile(weighted_metrics=[...])` only: among the plain `metrics`,
    padding that has a weight but no mask would count.

    Less is better, which Keras's callbacks ask: no `mode` is needed.
    """

    _direction = "down"

    def __init__(
        self, name: str, from_logits: bool = True, dtype: str | None = None
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        self.from_logits = from_logits
        self.sums = self.add_variable((2,), "zeros", "float32", name="sums")
        self.lost = self.add_variable((2,), "zeros", "float32", name="lost")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch of predictions.

        Shapes: y_true (batch, time) ids, y_pred (batch, time, vocabulary)
        """
        nats = token_nats(y_true, y_pred, self.from_logits)
        self.update_nats(nats, token_weights(nats, y_pred, sample_weight))

    def update_nats(self, nats: Any, weights: Any) -> None:
        """Add tokens whose nats are known.

        Math:   s' = s + x, rounded;   p = s' - s;   lost: (s - (s' - p)) + (x - p)
        Shapes: nats, weights (batch, time)
        References: Knuth (1969), The Art of Computer Programming 2, 4.2.2.
        """
        nats, weights = ops.cast(nats, "float32"), ops.cast(weights, "float32")
        added = ops.stack([ops.sum(weighted(nats, weights)), ops.sum(weights)])
        before = ops.convert_to_tensor(self.sums)
        after = before + added
        part = after - before
        lost = (before - (after - part)) + (added - part)
        self.sums.assign(after)
        # an infinite sum has lost nothing
        self.lost.assign_add(ops.where(ops.isfinite(after), lost, 0.0))

    @property
    def nats_and_tokens(self) -> tuple[float, float]:
        """The sums so far, in float64."""
        sums, lost = map(ops.convert_to_numpy, (self.sums, self.lost))
        nats, tokens = sums.astype(float) + lost.astype(float)
        return float(nats), float(tokens)

    def result(self) -> Any:
        """Give the nats a token so far."""
        return self.nats_per_token()

    def nats_per_token(self) -> Any:
        """Give the mean so far."""
        nats, tokens = ops.unstack(self.sums + self.lost, 2)
        return nats / tokens

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make it again."""
        return super().get_config() | {"from_logits": self.from_logits}
