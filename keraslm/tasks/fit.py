"""The fit of a task in plain Keras; the best network on the validation is kept."""

import pathlib
from collections.abc import Callable
from typing import Any

import keras

from keraslm.callbacks import BestModel, LearningRate, StopAfter
from keraslm.callbacks.signals import Signals
from keraslm.errors import TrainingError
from keraslm.models.following import StopAtNaN, fit_in_order
from keraslm.tasks.batches import Batches
from keraslm.tasks.job import Training
from keraslm.tasks.log_epochs import LogEpochs
from keraslm.tasks.options import TaskOptions
from keraslm.training.fit import WITHOUT_END, exact_resume, interrupted, what_is_kept

Save = Callable[[dict[str, Any], pathlib.Path], None]


def new_optimizer(o: TaskOptions) -> keras.optimizers.Optimizer:
    """Give the optimizer of all tasks; `fit` lets its rate rise and fall."""
    return keras.optimizers.Adam(o.learning_rate, clipnorm=1.0)


def fit(
    network: keras.Model,
    train: Batches,
    valid: Batches | None,
    save: Save,
    t: Training,
    monitor: str = "val_accuracy",
    warmup: int = 0,
) -> None:
    """Train a compiled network until the first limit; keep the best in the folder RUN.

    The best is the network after the epoch with the highest figure `monitor`, of a loss
    the lowest; without a validation text it is the last. `save(metadata, path)` writes
    one. The learning rate rises for `warmup` steps and falls as a cosine to 0. Once all
    of the validation text is right no later network would be kept, and training ends.

    If there is a checkpoint in RUN, go on where it was written, to the same weights,
    bit for bit.
    Raises: TrainingError at a loss that is no number; Terminated at a SIGTERM or
        SIGHUP, after a checkpoint; ModelFileError if the checkpoint does not fit.
    """
    o, folder, reporter = t.options, t.folder, t.reporter
    reporter.note(f"{o.model}: {network.count_params():,} parameters")
    epochs, steps = o.limits["epochs"], o.limits["steps"]
    limits = [n for n in (epochs and epochs * len(train), steps) if n]
    clock = StopAfter(o.minutes, min(limits, default=None))
    log = LogEpochs(clock, folder.write_history, reporter.training, monitor)
    t.metadata["history"] = log.rows
    best = BestNetwork(t, save, monitor, clock)
    signals = Signals(lambda: interrupted(t.metadata, clock, folder, reporter))
    callbacks = [
        StopAtNaN(),
        clock,
        LearningRate(o.learning_rate, clock, warmup=warmup),
        log,
        best,
        exact_resume(o, folder, clock, reporter, t.identity, signals),
    ]
    _make_metrics(network, train)
    how: dict[str, Any] = {"epochs": WITHOUT_END, "verbose": 0, "callbacks": callbacks}
    try:
        with signals.heard():
            how["validation_data"] = None if valid is None else _quickest(valid)
            fit_in_order(network, network.fit, train, _rest, **how)
    except TrainingError as error:
        raise TrainingError(f"{error}; {what_is_kept(best)}") from error
    reporter.note(what_is_kept(best))


class BestNetwork(BestModel):
    """The best network so far, in the file of the model."""

    def __init__(self, t: Training, save: Save, monitor: str, clock: StopAfter) -> None:
        outdated = (t.folder.card, t.folder.picture)
        mode = "min" if monitor.endswith("loss") else "max"
        super().__init__(t.folder.model, monitor, outdated, clock=clock, mode=mode)
        self._write, self._metadata = save, t.metadata

    @property
    def over(self) -> bool:
        """Whether all of the validation text is right, so that none can be better."""
        return self.mode == "max" and self.best <= -1.0

    def measured(self, figure: float) -> None:
        """Write the network if it is the best; stop if none can be better."""
        super().measured(figure)
        self.model.stop_training |= self.over

    def _save(self, file: pathlib.Path) -> None:
        self._write(self._metadata, file)


def _rest(batches: Batches, first: int) -> Any:
    return _quickest(batches.rest(first) if first else batches)


def _quickest(batches: Any) -> Any:
    """Give batches as the back end reads them fastest."""
    if keras.backend.backend() != "tensorflow":
        return batches
    from keraslm.kernels.tensorflow.datasets import dataset_of

    return dataset_of(batches)


def _make_metrics(network: keras.Model, batches: Batches) -> None:
    """Let the metrics make what they sum up in, which a checkpoint puts back."""
    read, given = batches[0]
    network.compute_metrics(read, given, network(read))
    network.reset_metrics()
