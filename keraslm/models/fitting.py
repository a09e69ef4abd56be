"""compile, fit and evaluate of a language model: Keras's own, with the state carried.

Over `keraslm.Windows` each window starts from the state where the window before it
ended. Any other data starts each row at the beginning of a text.
"""

import warnings
from typing import Any

import keras

from keraslm.errors import first_line
from keraslm.kernels.devices import own_rows
from keraslm.losses import NextToken
from keraslm.metrics import Perplexity
from keraslm.metrics.nats_per_token import NatsPerToken
from keraslm.models.following import (
    StopAtNaN,
    fit_in_order,
    in_order,
    listed,
)
from keraslm.models.halves import suits_halves
from keraslm.models.measured import NatsMetrics
from keraslm.models.steps import Stepped
from keraslm.windows import Windows, windows_of


class Fitted(Stepped):
    """The part of a language model that Keras trains."""

    def compile(
        self,
        optimizer: Any = "adam",
        loss: Any = "auto",
        loss_weights: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = "auto",
        run_eagerly: bool = False,
        steps_per_execution: int = 1,
        jit_compile: Any = "auto",
        auto_scale_loss: bool = True,
        precision: str = "float32",
    ) -> None:
        """Set how to train, as Keras does.

        "auto" is the loss `keraslm.losses.NextToken` and, among the metrics,
        `keraslm.metrics.Perplexity`. Both need no logits of a softmax that does without
        (adaptive, classes, sampled); a metric of Keras's own does, and a step takes as
        long as with the full softmax. On TensorFlow, XLA compiles the step also on a
        processor. `precision` "bfloat16" rounds the factors of large products, see
        `keraslm.kernels.precision`.
        """
        running = self._running
        loss = NextToken() if _is(loss, "auto") else loss
        weighted = [Perplexity()] if _is(weighted_metrics, "auto") else weighted_metrics
        running.loss = loss if isinstance(loss, NextToken) else None
        running.compiled = {
            "loss": loss,
            "loss_weights": loss_weights,
            "metrics": metrics,
            "weighted_metrics": weighted,
            "run_eagerly": run_eagerly,
            "steps_per_execution": steps_per_execution,
            "jit_compile": jit_compile,
        }
        mine, others = _ours_apart(metrics, weighted)
        running.metrics = NatsMetrics(mine)
        running.precision = precision
        if _is(jit_compile, "auto") and keras.backend.backend() == "tensorflow":
            jit_compile = self.suits_xla and not run_eagerly
        super().compile(  # type: ignore[misc]
            optimizer=optimizer,
            loss=None if running.loss is not None else loss,
            loss_weights=loss_weights,
            metrics=others[0],
            weighted_metrics=others[1],
            run_eagerly=run_eagerly,
            steps_per_execution=steps_per_execution,
            jit_compile=jit_compile,
            auto_scale_loss=auto_scale_loss,
        )

    def get_compile_config(self) -> Any:
        """Give what `compile` was given, for the model's file.

        What Keras could not read again is left out of the file, with a warning.
        """
        if not self.compiled:  # type: ignore[attr-defined]
            return {}
        given = self._running.compiled | {"optimizer": self.optimizer}  # type: ignore[attr-defined]
        try:
            config = keras.saving.serialize_keras_object(given)
            keras.saving.deserialize_keras_object(config)
        except (TypeError, ValueError) as error:
            warnings.warn(
                f"{self.name} is saved without its optimizer, loss and metrics, which "  # type: ignore[attr-defined]
                f"Keras cannot store ({first_line(error)}); compile it again after "
                "loading",
                stacklevel=2,
            )
            return {}
        return config

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compile as the model of a file was; its optimizer may have had a state."""
        self.compile(**keras.saving.deserialize_keras_object(config))
        optimizer = self.optimizer  # type: ignore[attr-defined]

        def load(store: Any) -> None:
            del optimizer.load_own_variables
            if len(store.keys()) > len(optimizer.variables):
                optimizer.build(self.trainable_variables)  # type: ignore[attr-defined]
            optimizer.load_own_variables(store)

        optimizer.load_own_variables = load

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Any = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        stops_at_nan: bool = True,
        **more: Any,
    ) -> Any:
        """Train, as Keras does; a `keraslm.Windows` is read in order, state carried.

        Raises: TrainingError, with the step, at a loss that is no number, unless
            `stops_at_nan` is False.
        """
        windows, valid = windows_of(x), windows_of(validation_data)
        self._carry(windows, testing=False)
        if valid is not None:
            self._carry(valid, testing=True)
        watch = [StopAtNaN()] if stops_at_nan else []
        callbacks = in_order([*watch, *listed(callbacks)])
        more |= {
            "y": y,
            "batch_size": batch_size,
            "epochs": epochs,
            "verbose": verbose,
            "callbacks": callbacks,
            "validation_split": validation_split,
            "validation_data": _quickest(validation_data),
            "shuffle": shuffle,
        }
        try:
            if windows is None:
                return super().fit(x=x, **more)  # type: ignore[misc]
            return fit_in_order(self, super().fit, windows, _quickest, **more)  # type: ignore[misc]
        finally:
            self._give_back_variables()

    def make_train_function(self, force: bool = False) -> Any:
        """Make Keras's function of a step; one in halves has programs of its own."""
        halved = suits_halves(self) and not self._has_other_step
        self._running.in_halves = halved
        if not halved:
            return super().make_train_function(force)  # type: ignore[misc]
        mine: Any = self
        mine.jit_compile = False
        try:
            return super().make_train_function(force)  # type: ignore[misc]
        finally:
            mine.jit_compile = True

    def evaluate(self, x: Any = None, *arguments: Any, **more: Any) -> Any:
        """Measure, as Keras does, from a state of its own."""
        self._carry(windows_of(x), testing=True)
        self._running.testing = True
        try:
            return super().evaluate(_quickest(x), *arguments, **more)  # type: ignore[misc]
        finally:
            self._running.testing = False
            self._give_back_variables()

    def train_on_batch(self, *arguments: Any, **more: Any) -> Any:
        """Train on one batch, as Keras does; each row starts like a text."""
        self._carry(None, testing=False)
        return super().train_on_batch(*arguments, **more)  # type: ignore[misc]

    def test_on_batch(self, *arguments: Any, **more: Any) -> Any:
        """Measure one batch, as Keras does; each row starts like a text."""
        self._carry(None, testing=True)
        return super().test_on_batch(*arguments, **more)  # type: ignore[misc]

    @property
    def _has_other_step(self) -> bool:
        """Whether a class made of this one has a step, or a loss, of its own."""
        names = ("train_step", "compute_loss", "read_batch", "compute_metrics")
        return any(getattr(type(self), n) is not getattr(Stepped, n) for n in names)

    def _carry(self, windows: Windows | None, testing: bool) -> None:
        """Let the next steps carry the state of a Windows, or none."""
        if not self._running.carry(self, windows, testing):
            return
        if testing:  # what was traced has the other states
            self.test_function = None
        else:
            self.train_function = None

    def _give_back_variables(self) -> None:
        """Put the variables back that JAX keeps apart while it trains."""
        if hasattr(self, "jax_state_sync"):
            self.jax_state_sync()

    def reset_metrics(self) -> None:
        """Start an epoch or a test: no nats, no tokens, the beginning of the text."""
        super().reset_metrics()  # type: ignore[misc]
        if not self._running.testing:
            self._running.trained.reset_state()
        state = self._running.states[self._running.testing]
        if state is not None:
            state.reset()

    @property
    def metrics(self) -> list[Any]:
        """Keras's metrics, and those that are computed of nats."""
        running = self._running
        mine = [running.metrics]
        if not running.reports:
            mine.append(running.announced)
        return [*super().metrics, *mine]  # type: ignore[misc]

    @property
    def nats_and_tokens(self) -> tuple[float, float]:
        """The sum of nats of the epoch so far, and its tokens."""
        return self._running.trained.nats_and_tokens

    def announce(self, metric: Any) -> None:
        """Let callbacks find a metric that a callback measures, by its name."""
        known = self._running.announced.metrics
        if all(metric.name != other.name for other in known):
            self._running.announced = NatsMetrics([*known, metric])

    def get_metrics_result(self) -> dict[str, Any]:
        """Give what was measured in the steps."""
        self._running.reports = True
        try:
            return super().get_metrics_result()  # type: ignore[misc]
        finally:
            self._running.reports = False


def _quickest(data: Any, first: int = 0) -> Any:
    """Give a Windows, from a step on, as the back end reads it fastest.

    Where several processes share its rows, it is those of this one.
    """
    if not isinstance(data, Windows):
        return data
    rows = own_rows(data.rows)
    if rows is not None:
        return data.rest(first, rows)
    if keras.backend.backend() == "tensorflow":
        return data.tf_dataset(first)
    return data.rest(first) if first else data


def _is(value: Any, word: str) -> bool:
    return isinstance(value, str) and value == word


def _ours_apart(metrics: Any, weighted: Any) -> tuple[list[Any], tuple[Any, Any]]:
    """Take the metrics that are computed of nats from those that need logits."""
    mine: list[Any] = []
    others = []
    for given in (metrics, weighted):
        listed = given if isinstance(given, list | tuple) else [given]
        mine += [metric for metric in listed if isinstance(metric, NatsPerToken)]
        left = [m for m in listed if m is not None and not isinstance(m, NatsPerToken)]
        others.append(left or None)
    return mine, (others[0], others[1])
