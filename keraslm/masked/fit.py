"""The fit of a masked network, and what is written while it goes on."""

from typing import Any

import keras

from keraslm.callbacks import BestModel, ExactResume, LearningRate, StopAfter
from keraslm.callbacks.signals import Signals
from keraslm.checkpoints.checkpoint import Checkpoint
from keraslm.masked.batches import MaskedBatches
from keraslm.masked.files import save
from keraslm.masked.networks import loss
from keraslm.masked.options import MaskedOptions
from keraslm.masked.shape import TRANSFORMER
from keraslm.masked.training import InTraining
from keraslm.models.following import StopAtNaN
from keraslm.tasks.exact_accuracy import ExactAccuracy
from keraslm.text.encoder import TextEncoder
from keraslm.training.epoch_folder import EpochFolder
from keraslm.training.reporter import Reporter

WITHOUT_END = 10**9  # epochs, where steps or minutes end the run
MONITOR = "val_loss"
WARMUP = 100  # steps


def fit(
    o: MaskedOptions,
    encoder: TextEncoder,
    train: MaskedBatches,
    valid: MaskedBatches | None,
    metadata: dict[str, Any],
    folder: EpochFolder,
    reporter: Reporter,
    identity: dict[str, Any],
) -> None:
    """Train until the first limit; the best network on the validation text is kept.

    If there is a checkpoint in the folder, go on where it was written. A Ctrl-C ends
    it cleanly, with what was kept so far. The learning rate falls as a cosine to 0.
    Raises: TrainingError at a loss that is no number; Terminated at a SIGTERM or
        SIGHUP, after a checkpoint; ModelFileError if the checkpoint does not fit.
    """
    keras.utils.set_random_seed(o.seed)

    def save_as(network: Any, path: Any) -> None:
        save(network, o.shape, encoder, metadata, path)

    size = len(encoder.vocabulary)
    network = InTraining(o.shape, size, o.dropout, o.seed, save_as)
    reporter.note(f"masked {o.model}: {network.count_params():,} parameters")
    network.compile(
        keras.optimizers.Adam(o.learning_rate, global_clipnorm=1.0),
        loss(),
        metrics=[ExactAccuracy()],
        jit_compile=_suits_xla(o.model),
    )
    network.test_on_batch(*train[0])  # its sums are made now, to be put back
    clock = StopAfter(o.minutes, _steps(o, len(train)))
    rows = Rows(clock, folder, metadata, reporter)
    best = BestModel(folder.model, MONITOR, (folder.card, folder.picture), clock=clock)
    signals = Signals(lambda: _interrupted(metadata, clock, folder, reporter))
    callbacks = [
        StopAtNaN(),
        clock,
        LearningRate(o.learning_rate, clock, warmup=WARMUP),
        rows,
        best,
        _resume(o, clock, folder, reporter, identity, signals),
    ]
    with signals.heard():
        network.fit(
            train,
            validation_data=valid,
            epochs=WITHOUT_END,
            verbose=0,
            callbacks=callbacks,
        )
    reporter.note(f"{folder.model} holds the model of step {best.best_step}")


class Rows(keras.callbacks.Callback):
    """A row of the history for each epoch, written as soon as it is known."""

    def __init__(
        self,
        clock: StopAfter,
        folder: EpochFolder,
        metadata: dict[str, Any],
        reporter: Reporter,
    ) -> None:
        super().__init__()
        self.clock, self.folder, self.reporter = clock, folder, reporter
        self.rows: list[dict[str, Any]] = metadata.setdefault("history", [])

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Add the epoch."""
        row: dict[str, Any] = {"step": self.clock.step, "epoch": epoch + 1}
        row["seconds"] = self.clock.seconds
        row |= {name: float(value) for name, value in (logs or {}).items()}
        self.rows.append(row)
        self.folder.write_history(self.rows)
        self.reporter.note(_line(row))

    def get_state(self) -> dict[str, Any]:
        """Give what goes into a checkpoint."""
        return {"rows": self.rows}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint."""
        self.rows[:] = [dict(row) for row in state["rows"]]
        if self.rows:
            self.folder.write_history(self.rows)


def _suits_xla(model: str) -> bool:
    """Say whether XLA compiles a step: TensorFlow's not an LSTM of unknown time."""
    backend = keras.backend.backend()
    return backend == "jax" or (backend == "tensorflow" and model == TRANSFORMER)


def _steps(o: MaskedOptions, steps_of_an_epoch: int) -> int | None:
    epochs, steps = o.limits["epochs"], o.limits["steps"]
    limits = [n for n in (epochs and epochs * steps_of_an_epoch, steps) if n]
    return min(limits, default=None)


def _resume(
    o: MaskedOptions,
    clock: StopAfter,
    folder: EpochFolder,
    reporter: Reporter,
    identity: dict[str, Any],
    signals: Signals,
) -> ExactResume:
    def restored(checkpoint: Checkpoint) -> None:
        folder.restore(clock.step, checkpoint.best)
        reporter.note(f"going on after step {clock.step:,}")

    return ExactResume(
        folder.checkpoint,
        minutes=o.checkpoint_minutes,
        best=folder.model,
        identity=identity,
        signals=signals,
        restored=restored,
    )


def _interrupted(
    metadata: dict[str, Any],
    clock: StopAfter,
    folder: EpochFolder,
    reporter: Reporter,
) -> None:
    metadata["interrupted"] = True
    reporter.note(
        f"Interrupted after step {clock.step}: measuring the best model; "
        f"{folder.way_to_go_on}"
    )


def _line(row: dict[str, Any]) -> str:
    text = f"step {row['step']:,}, epoch {row['epoch']}, {row['seconds']:.0f} s: "
    text += f"{row['loss']:.4f} nats a masked token"
    if MONITOR in row:
        text += f"; validation {row[MONITOR]:.4f}, {row['val_accuracy']:.2%} right"
    return text
