"""The fit of a task in plain Keras; the best weights on the validation are kept."""

from typing import Any

import keras

from keraslm.callbacks import LearningRate, StopAfter
from keraslm.errors import TrainingError
from keraslm.tasks.batches import Batches
from keraslm.tasks.exact_accuracy import ExactAccuracy, loss
from keraslm.tasks.networks import new_network
from keraslm.tasks.options import TaskOptions
from keraslm.tasks.vocabulary import TagVocabulary
from keraslm.training.reporter import Reporter

WITHOUT_END = 10**9  # epochs, where steps or minutes end the run


def fit(
    o: TaskOptions,
    vocabulary: TagVocabulary,
    train: Batches,
    valid: Batches | None,
    reporter: Reporter,
) -> tuple[keras.Model, list[dict[str, Any]]]:
    """Train a network until the first limit; give it, and a row for each epoch.

    The weights are those of the epoch with the highest accuracy on the validation text,
    where there is one. The learning rate falls as a cosine to 0.
    Raises: TrainingError at a loss that is no number.
    """
    keras.utils.set_random_seed(o.seed)
    size = (len(vocabulary.words), len(vocabulary.tags))
    network = new_network(o.shape, *size, dropout=o.dropout, seed=o.seed)
    reporter.note(f"{o.model}: {network.count_params():,} parameters")
    rows: list[dict[str, Any]] = []
    optimizer = keras.optimizers.Adam(o.learning_rate, clipnorm=1.0)
    network.compile(optimizer, loss(), metrics=[ExactAccuracy()])
    network.fit(
        train,
        validation_data=valid,
        epochs=WITHOUT_END,
        verbose=0,
        callbacks=_callbacks(o, len(train), valid is not None, rows, reporter),
    )
    if not all(row["loss"] < float("inf") for row in rows):  # NaN neither
        raise TrainingError(
            "the loss is no number any more; give a lower `learning_rate` than "
            f"{o.learning_rate:g}"
        )
    return network, rows


def _callbacks(
    o: TaskOptions,
    steps_of_an_epoch: int,
    has_valid: bool,
    rows: list[dict[str, Any]],
    reporter: Reporter,
) -> list[keras.callbacks.Callback]:
    epochs, steps = o.limits["epochs"], o.limits["steps"]
    limits = [n for n in (epochs and epochs * steps_of_an_epoch, steps) if n]
    clock = StopAfter(o.minutes, min(limits, default=None))
    best = keras.callbacks.EarlyStopping(
        "val_accuracy", patience=WITHOUT_END, mode="max", restore_best_weights=True
    )

    def told(epoch: int, logs: dict[str, float]) -> None:
        rows.append({"step": clock.step, "epoch": epoch + 1, "seconds": clock.seconds})
        rows[-1] |= {name: float(value) for name, value in logs.items()}
        reporter.note(_line(rows[-1]))

    return [
        clock,
        LearningRate(o.learning_rate, clock),
        *([best] if has_valid else []),
        keras.callbacks.TerminateOnNaN(),
        keras.callbacks.LambdaCallback(on_epoch_end=told),
    ]


def _line(row: dict[str, Any]) -> str:
    text = f"step {row['step']:,}, epoch {row['epoch']}, {row['seconds']:.0f} s: "
    text += f"loss {row['loss']:.4f}"
    if "val_accuracy" in row:
        text += f", {row['val_accuracy']:.2%} of the validation right"
    return text
