"""Fit a neural model on windows that continue each other."""

from typing import Any

import keras
import numpy as np

from keraslm.models.language_model import KerasLanguageModel
from keraslm.text.batches import VariedWindows, Windows
from keraslm.training.averaging import Averaging
from keraslm.training.carried import CarriedModel
from keraslm.training.checkpoint import Checkpoint
from keraslm.training.clock import Clock
from keraslm.training.encoded import Encoded
from keraslm.training.interruption import Interruption
from keraslm.training.keeper import Keeper
from keraslm.training.memory import keep_freed_memory
from keraslm.training.optimizers import new_optimizer
from keraslm.training.options import Configuration
from keraslm.training.room import window_shape
from keraslm.training.sampled import SampledSoftmax
from keraslm.training.saver import Saver
from keraslm.training.schedule import LearningRate
from keraslm.training.watch import Watch


def batch(
    windows: Windows, sampled: SampledSoftmax | None, number: int, epoch: int
) -> tuple[dict[str, Any], Any, Any]:
    """Give a step of an epoch as Keras takes it: inputs, targets, weights."""
    ids, targets, weights = windows.step(number, epoch)
    inputs = {"ids": ids}
    if isinstance(windows, VariedWindows):
        _, length = windows.columns(number, epoch)
        inputs["length"] = np.full(len(ids), length, np.int32)
    if sampled is not None:
        inputs["drawn"] = sampled.draw(number, epoch)
    return inputs, targets, weights


def fit(
    language_model: KerasLanguageModel,
    c: Configuration,
    train: Encoded,
    valid: Encoded | None,
    keeper: Keeper,
    identity: dict[str, Any],
    checkpoint: Checkpoint | None = None,
) -> None:
    """Train until the first limit of epochs, steps or minutes.

    With a checkpoint, go on where it was written. A Ctrl-C ends it cleanly, with what
    was kept so far.
    Raises: TrainingError at a loss that is no number; Terminated at a SIGTERM or
        SIGHUP, after a checkpoint; ModelFileError if the checkpoint does not fit.
    """
    model, windows = compiled(language_model, c, train)
    clock = Clock(total_steps(c, len(windows)), c.minutes)
    rate = LearningRate(c, clock)
    keeper.begin(clock)

    averaging = Averaging(c)
    watch = Watch(c, clock, rate, averaging, keeper, train, valid)
    interruption = Interruption()
    parts: dict[str, Any] = {"rate": rate, "averaging": averaging, "watch": watch}
    parts |= {"keeper": keeper, "history": keeper.history, "samples": keeper.samples}
    saver = Saver(c, keeper.folder, identity, clock, interruption, parts)
    place = (0, 0)
    if checkpoint is not None:
        place = saver.restore(checkpoint, model, len(windows))
        model.stop_training = watch.has_seen_enough
        keeper.note(f"going on after step {clock.step:,}")
    callbacks = [rate, averaging, watch, keeper.samples, saver]
    try:
        with interruption.heard():
            fit_until_stopped(model, windows, callbacks, place)
    except KeyboardInterrupt:
        keeper.interrupted(clock.step)
    watch.log_training()
    watch.validate()
    averaging.finish()
    keeper.samples.write()


def new_windows(c: Configuration, train: Encoded, boundary_id: int) -> Windows:
    """Lay out the text in windows of one length, or of varied lengths."""
    shape = window_shape(c, len(train.ids))
    if c.vary_time:
        return VariedWindows(train.ids, boundary_id, *shape, c.seed)
    return Windows(train.ids, boundary_id, *shape)


def compiled(
    language_model: KerasLanguageModel, c: Configuration, train: Encoded
) -> tuple[CarriedModel, Windows]:
    """Give the model that is fitted, with its optimizer, and the windows to read."""
    windows = new_windows(c, train, language_model.encoder.vocabulary.boundary_id)
    network, sampled = language_model.keras_model, None
    if c.softmax == "sampled":
        size = network.vocabulary_size
        sampled = SampledSoftmax(train.ids, size, c.samples or 1, c.seed)
    model = CarriedModel(
        network,
        windows.rows,
        windows.full,
        carries=c.state == "carried",
        sampled=sampled,
        precision=c.precision or "float32",
    )
    optimizer = new_optimizer(c, windows.full)
    model.compile(optimizer=optimizer, jit_compile=network.suits_xla)
    # made within the first step, what the optimizer keeps would be there twice
    model.optimizer.build(model.trainable_variables)
    return model, windows


def fit_until_stopped(
    model: CarriedModel,
    windows: Windows,
    callbacks: list[keras.callbacks.Callback],
    place: tuple[int, int] = (0, 0),
) -> None:
    """Update the weights, one epoch after another, until a callback says stop.

    The place is the epoch, and the step in it, to go on at.

    A step is ready in microseconds, so nothing is gained by a second thread that
    prepares the next; in `keras.Model.fit` that thread slows training by a quarter.
    """
    told = keras.callbacks.CallbackList(callbacks, model=model)
    told.on_train_begin()
    epoch, first = place
    while first or not model.stop_training:
        if not first:
            told.on_epoch_begin(epoch)
        for number in range(first, len(windows)):
            if model.stop_training:
                break
            told.on_train_batch_begin(number)
            x, y, weights = batch(windows, model.sampled, number, epoch)
            model.optimizer.penalise_as(weights)
            logs = model.train_on_batch(x, y, weights, return_dict=True)
            keep_freed_memory()  # not of the first step, which is compiled and differs
            told.on_train_batch_end(number, logs)
        told.on_epoch_end(epoch)
        epoch, first = epoch + 1, 0
    told.on_train_end()


def total_steps(c: Configuration, steps_per_epoch: int) -> int | None:
    """Count the steps of the run; None if only minutes limit it."""
    limits = [c.steps, c.epochs and c.epochs * steps_per_epoch]
    return min((limit for limit in limits if limit), default=None)
