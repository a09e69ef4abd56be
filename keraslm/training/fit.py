"""Fit a neural model: `keras.Model.fit` on windows that continue each other."""

import itertools
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np

from keraslm.models.language_model import KerasLanguageModel
from keraslm.text.batches import VariedWindows, Windows
from keraslm.training.averaging import Averaging
from keraslm.training.carried import CarriedModel
from keraslm.training.clock import Clock
from keraslm.training.configuration import Configuration
from keraslm.training.encoded import Encoded
from keraslm.training.keeper import Keeper
from keraslm.training.memory import KeepFreedMemory
from keraslm.training.optimizers import new_optimizer
from keraslm.training.room import window_shape
from keraslm.training.schedule import LearningRate
from keraslm.training.watch import Watch


def windows_again_and_again(windows: Windows) -> Iterator[Any]:
    """Yield the steps of one epoch after another, for ever."""
    for epoch in itertools.count():
        for number in range(len(windows)):
            yield _batch(windows, number, epoch)


def _batch(windows: Windows, number: int, epoch: int) -> Any:
    ids, targets, weights = windows.step(number, epoch)
    if not isinstance(windows, VariedWindows):
        return ids, targets, weights
    length = np.full(len(ids), windows.columns(number, epoch)[1], np.int32)
    return {"ids": ids, "length": length}, targets, weights


def fit(
    language_model: KerasLanguageModel,
    c: Configuration,
    train: Encoded,
    valid: Encoded | None,
    keeper: Keeper,
) -> None:
    """Train until the first limit of epochs, steps or minutes.

    A Ctrl-C ends it cleanly, with what was kept so far.
    Raises: TrainingError at a loss that is no number.
    """
    model, windows = compiled(language_model, c, train)
    clock = Clock(total_steps(c, len(windows)), c.minutes)
    rate = LearningRate(c, clock)
    keeper.begin(clock)

    averaging = Averaging(c)
    watch = Watch(c, clock, rate, averaging, keeper, train, valid)
    try:
        fit_until_stopped(model, windows, [rate, averaging, watch, keeper.samples])
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
    model = CarriedModel(
        language_model.keras_model,
        windows.rows,
        carries=c.state == "carried",
        usual_tokens=windows.rows * windows.usual if c.vary_time else None,
    )
    model.compile(
        optimizer=new_optimizer(c), jit_compile=keras.backend.backend() != "torch"
    )
    return model, windows


def fit_until_stopped(
    model: CarriedModel, windows: Windows, callbacks: list[keras.callbacks.Callback]
) -> None:
    """Update the weights, one epoch after another, until a callback says stop."""
    model.fit(
        windows_again_and_again(windows),
        steps_per_epoch=len(windows),
        shuffle=False,
        epochs=2**31,
        verbose=0,
        callbacks=[KeepFreedMemory(), *callbacks],
    )


def total_steps(c: Configuration, steps_per_epoch: int) -> int | None:
    """Count the steps of the run; None if only minutes limit it."""
    limits = [c.steps, c.epochs and c.epochs * steps_per_epoch]
    return min((limit for limit in limits if limit), default=None)
