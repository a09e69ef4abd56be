"""One step of a language model: from where its rows are, to nats and their mean.

Truncated backpropagation: the gradient stops at the edge of a window, and the next one
starts from the state where this one ended.
References: Williams & Peng (1990); Mikolov et al. (2010).
"""

import contextlib
import functools
from collections.abc import Iterator
from typing import Any

from keras import ops

from keraslm.errors import UsageError
from keraslm.kernels.devices import by_rows
from keraslm.kernels.precision import products_in
from keraslm.losses import SampledNextToken
from keraslm.losses.nats import token_nats, token_weights, weighted
from keraslm.models.causal import CausalModel
from keraslm.models.halves import step_of_halves
from keraslm.models.running import Running
from keraslm.windows import ids_and_length

_SHOWN, _LOGITS = "shown", "logits"


class Stepped(CausalModel):
    """The part of a language model that makes a step of training or of a test.

    Math:   loss = sum_t w_t (-log P(y_t | history)) / N, in nats;   w_t is 0 for
            padding, and N = batch x time of a full window

    Divided by its own tokens, a step that is mostly padding would give each of them
    many times the weight of the others.
    """

    @functools.cached_property
    def _running(self) -> Running:
        return Running()

    @property
    def metrics_variables(self) -> list[Any]:
        """The sums of the metrics, and of the epoch's nats and tokens."""
        return [*super().metrics_variables, *self._running.trained.variables]  # type: ignore[misc]

    @property
    def variables(self) -> list[Any]:
        """All that a step may change: weights, seeds, and the carried states."""
        return [*super().variables, *self._running.variables]  # type: ignore[misc]

    @property
    def training_variables(self) -> list[Any]:
        """What a step of training changes beside the optimizer and the sums."""
        return [*super().variables, *self._running.of_training]  # type: ignore[misc]

    @property
    def epoch_sums(self) -> list[Any]:
        """What the loss and the metrics have summed up in the epoch.

        Those of Keras's metrics come last: they are made in the first step.
        """
        running = self._running
        told = [running.trained, running.metrics, *super().metrics]  # type: ignore[misc]
        return [variable for metric in told for variable in metric.variables]

    @contextlib.contextmanager
    def _stepping(self) -> Iterator[None]:
        self._running.in_step = True
        try:
            yield
        finally:
            self._running.in_step = False

    def train_step(self, *arguments: Any) -> Any:
        """Predict, compare, update; as Keras does."""
        with self._stepping():
            if self._running.in_halves:
                return step_of_halves(self, *arguments)
            return super().train_step(*arguments)  # type: ignore[misc]

    def test_step(self, *arguments: Any) -> Any:
        """Predict and compare; as Keras does."""
        with self._stepping():
            return super().test_step(*arguments)  # type: ignore[misc]

    def read_batch(self, x: Any, training: bool) -> Any:
        """Read a batch of a step from where its rows are, and keep where they end.

        Gives what `nats` takes, or what a sampled softmax takes; and the logits, too,
        where a loss or a metric of Keras's own asks for them. They are computed here,
        since JAX has no weights where it updates the metrics.
        """
        running, state = self._running, self._running.states[not training]
        ids, length = ids_and_length(x)
        if state is None:
            states = self.initial_states(ops.shape(ids)[0])
        else:  # copied: torch assigns in place what its gradient still needs
            states = [by_rows(ops.copy(v)) for v in state.variables]
        sampled = training and isinstance(running.loss, SampledNextToken)
        read = self.read_features if sampled else self.read
        with products_in(running.precision if training else "float32"):
            shown, after = read(ids, states, training, length)
        if state is not None:
            state.carry_on(after)
        if running.loss is not None and self._compile_metrics is None:  # type: ignore[attr-defined]
            return shown
        logits = self.logits_of_features(shown) if sampled else self.logits(shown)
        return {_SHOWN: shown, _LOGITS: logits}

    def read_features(
        self, ids: Any, states: list[Any], training: bool = False, length: Any = None
    ) -> tuple[Any, list[Any]]:
        """Read ids as `step` does; give what the last layer multiplies with O.

        Raises: UsageError if the model tells of no such layer.
        """
        raise UsageError(
            "a sampled softmax trains a keraslm.CausalLM that ends with a Dense layer "
            f"or a tied embedding; received {type(self).__name__}"
        )

    def logits_of_features(self, features: Any) -> Any:
        """Multiply what `read_features` gives with O."""
        raise NotImplementedError

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Divide the nats of the tokens that are no padding by those of a full step."""
        running = self._running
        y_pred, logits = _parts(y_pred)
        if running.loss is None:
            if running.metrics.metrics:
                nats = token_nats(y, logits)
                weights = token_weights(nats, logits, sample_weight)
                self.measure(nats, weights, training)
            return super().compute_loss(x, y, logits, sample_weight, training)  # type: ignore[misc]
        y = ops.cast(y, "int32")
        with products_in(running.precision if training else "float32"):
            nats = self._nats(y, y_pred, training)
        weights = token_weights(nats, y_pred, sample_weight)
        self.measure(nats, weights, training)
        loss = ops.sum(weighted(nats, weights)) / self._tokens_of_a_step(y, training)
        return functools.reduce(ops.add, self.losses, loss)  # type: ignore[attr-defined]

    def measure(self, nats: Any, weights: Any, training: bool) -> None:
        """Add the nats of a step to the metrics."""
        running = self._running
        also = [running.trained] if training else []
        for metric in [*running.metrics.metrics, *also]:
            metric.update_nats(nats, weights)

    def _nats(self, y: Any, y_pred: Any, training: bool) -> Any:
        running = self._running
        if not running.in_step:  # a user's own step, which has logits
            return token_nats(y, y_pred)
        if training and isinstance(running.loss, SampledNextToken):
            return running.loss.nats(self, y_pred, y)
        return self.nats(y_pred, y)

    def _tokens_of_a_step(self, y: Any, training: bool) -> Any:
        state = self._running.states[not training] if self._running.in_step else None
        if state is not None:
            return state.full
        shape = ops.shape(y)
        return ops.cast(shape[0] * shape[1], "float32")

    def compute_metrics(
        self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None
    ) -> Any:
        """Update Keras's metrics, if there are any: they need all logits."""
        _, logits = _parts(y_pred)
        return super().compute_metrics(x, y, logits, sample_weight)  # type: ignore[misc]


def _parts(y_pred: Any) -> tuple[Any, Any]:
    """Give what `nats` takes and the logits, which are the same where there is one."""
    if isinstance(y_pred, dict) and _LOGITS in y_pred:
        return y_pred[_SHOWN], y_pred[_LOGITS]
    return y_pred, y_pred
