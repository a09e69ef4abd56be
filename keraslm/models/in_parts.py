"""A fit over batches in order, from the first one or from where a checkpoint says."""

from collections.abc import Callable
from typing import Any

from keraslm.models.following import ReadEpoch, TwoParts, resumed


def fit_in_order(
    model: Any,
    batches: Any,
    fit: Callable[..., Any],
    read_from: Callable[[Any, int], Any],
    **more: Any,
) -> Any:
    """Fit in one part, or the rest of a resumed epoch and then the epochs behind it.

    `batches` know their `epoch`; `read_from` gives those of an epoch from one on; `fit`
    is Keras's own, and `more` what it is given.
    """
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
    epoch, step = resumed(model, batches, more["callbacks"])
    epochs = more["epochs"]
    callbacks = TwoParts(
        [ReadEpoch(batches), *more["callbacks"]],
        add_history=True,
        add_progbar=more["verbose"] != 0,
        verbose=more["verbose"],
        epochs=epochs,
        steps=len(batches),
        model=model,
    )
    more["callbacks"] = callbacks
    if any(getattr(callback, "over", False) for callback in callbacks.callbacks):
        return callbacks.end_at_once(model, epoch if step else None)
    if step:
        callbacks.goes_on = epoch + 1 < epochs
        part = more | {"initial_epoch": epoch, "epochs": epoch + 1}
        fit(x=read_from(batches, step), **part)
        if not callbacks.goes_on:
            return model.history
        callbacks.goes_on, callbacks.went_on = False, True
        if model.stop_training:
            return callbacks.end_at_once(model)
        epoch += 1
    if epoch:
        more["initial_epoch"] = epoch
    return fit(x=read_from(batches, 0), **more)
