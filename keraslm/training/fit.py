"""The fit of a run: windows of the text, an optimizer, and the callbacks of `fit`."""

from collections.abc import Iterable
from typing import Any, Protocol

import keras
import numpy as np

from keraslm.callbacks import (
    Averaging,
    BestModel,
    Clock,
    ExactPerplexity,
    ExactResume,
    LearningRate,
    LogHistory,
    Patience,
    WriteText,
)
from keraslm.callbacks.signals import Signals
from keraslm.checkpoints.checkpoint import Checkpoint
from keraslm.errors import ProcessGone, TrainingError
from keraslm.history import History
from keraslm.losses import SampledNextToken
from keraslm.models import CausalLM
from keraslm.processes import ALONE, Alone
from keraslm.text.encoder import TextEncoder
from keraslm.text.mapped import stretches
from keraslm.training.board import Board
from keraslm.training.encoded import Encoded
from keraslm.training.folder import SAMPLE_TOKENS, RunFolder
from keraslm.training.in_step import in_step
from keraslm.training.memory import keep_freed_memory
from keraslm.training.optimizers import PenaltyShare, averages, new_optimizer
from keraslm.training.options import Configuration
from keraslm.training.reporter import COMPILING, Reporter
from keraslm.windows import Windows

WITHOUT_END = 10**9  # epochs, where steps or minutes end the run


class Checkpointed(Protocol):
    """The options of a run that say how often a checkpoint is written."""

    @property
    def checkpoint_steps(self) -> int | None:
        """After so many steps."""

    @property
    def checkpoint_minutes(self) -> float:
        """After so many minutes."""


def fit(
    model: CausalLM,
    c: Configuration,
    train: Encoded,
    valid: Encoded | None,
    folder: RunFolder,
    reporter: Reporter,
    identity: dict[str, Any],
    callbacks: Iterable[Any] = (),
    group: Alone = ALONE,
) -> None:
    """Train until the first limit of epochs, steps or minutes; keep the best model.

    If there is a checkpoint in the folder, go on where it was written. A Ctrl-C ends
    it cleanly, with what was kept so far. Of several processes, this is the first.
    Raises: TrainingError at a loss that is no number; Terminated at a SIGTERM or
        SIGHUP, after a checkpoint; ModelFileError if the checkpoint does not fit.
    """
    windows = new_windows(c, train, model.tokens)
    compile_model(model, c, windows)
    clock, signals = in_step(
        c.minutes,
        total_steps(c, len(windows)),
        group,
        lambda: interrupted(model.metadata, clock, folder, reporter),
    )
    history = History(folder.history, Board(folder.board) if c.tensorboard else None)
    model.metadata |= {"configuration": c.to_dict(), "history": history.rows}
    exact = None
    if valid is not None:
        exact = new_exact(c, valid.ids, clock, group)
    best = _best_model(c, folder, clock)
    every = [
        clock,
        *([exact] if exact is not None else []),
        learning_rate(c, clock),
        _log(c, history, exact, (train, valid), clock, reporter),
        best,
        *asked_for(c, windows, clock, reporter),
        _samples(c, folder, clock, reporter),
        KeepMemory(),
        *callbacks,
        exact_resume(c, folder, clock, reporter, identity, signals, group),
    ]
    reporter.beginning(COMPILING)
    try:
        with signals.heard():
            model.fit(windows, epochs=WITHOUT_END, verbose=0, callbacks=every)
    except ProcessGone:
        raise
    except TrainingError as error:
        raise TrainingError(f"{error}; {what_is_kept(best)}") from error
    reporter.note(what_is_kept(best))


def new_exact(
    c: Configuration, ids: Any, clock: Clock, group: Alone
) -> ExactPerplexity:
    """Measure the validation text as a run does."""
    return ExactPerplexity(ids, steps=c.valid_steps, clock=clock, group=group)


def learning_rate(c: Configuration, clock: Clock) -> LearningRate:
    return LearningRate(
        c.learning_rate or 0.0,
        clock,
        c.schedule,
        c.warmup,
        c.decay,
        c.decay_after,
        c.plateau_factor,
    )


def _log(
    c: Configuration,
    history: History,
    exact: ExactPerplexity | None,
    texts: tuple[Encoded, Encoded | None],
    clock: Clock,
    reporter: Reporter,
) -> LogHistory:
    bits = [None if text is None else text.bits_per_nat for text in texts]

    def shown(row: dict[str, Any]) -> None:
        reporter.training(clock.progress, row)

    return LogHistory(history, c.log_steps, exact, (bits[0], bits[1]), clock, shown)


def _best_model(c: Configuration, folder: RunFolder, clock: Clock) -> BestModel:
    return BestModel(
        folder.model,
        "exact_perplexity",
        (folder.card, folder.picture),
        c.keep_last,
        folder.model_of_step,
        clock,
    )


def asked_for(
    c: Configuration, windows: Windows, clock: Clock, reporter: Reporter
) -> list[Any]:
    """Give the callbacks that only some runs have."""
    some: list[Any] = []
    if c.patience is not None:
        some.append(Patience(c.patience, note=reporter.note, clock=clock))
    if averages(c):
        some.append(Averaging(c.average_steps, c.average_after))
    if c.l1 or c.l2:
        some.append(PenaltyShare(windows, clock))
    return some


def _samples(
    c: Configuration, folder: RunFolder, clock: Clock, reporter: Reporter
) -> WriteText:
    return WriteText(
        length=SAMPLE_TOKENS[c.level],
        seed=c.seed,
        steps=c.sample_steps,
        path=folder.samples,
        report=reporter.sample,
        clock=clock,
    )


def exact_resume(
    c: Checkpointed,
    folder: RunFolder,
    clock: Clock,
    reporter: Reporter,
    identity: dict[str, Any],
    signals: Signals,
    group: Alone = ALONE,
) -> ExactResume:
    """Write the checkpoints of a run, and go on from the one in its folder."""

    def restored(checkpoint: Checkpoint) -> None:
        folder.restore(clock.step, checkpoint.best)
        reporter.note(f"going on after step {clock.step:,}")

    return ExactResume(
        folder.checkpoint,
        c.checkpoint_steps,
        c.checkpoint_minutes,
        folder.model,
        identity,
        signals,
        restored,
        group,
    )


class KeepMemory(keras.callbacks.Callback):
    """Keep freed memory from the second step on: the first is compiled and differs."""

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Tell the C library, once."""
        keep_freed_memory()


def new_windows(
    c: Configuration, train: Encoded, encoder: TextEncoder | None
) -> Windows:
    """Lay out the text in windows of one length, or of varied lengths."""
    shape = (c.batch_size or 1, c.time or 1)
    carried = c.state == "carried"
    return Windows(train.ids, encoder, *shape, c.vary_time, c.seed, carried)  # type: ignore[arg-type]


def compile_model(model: CausalLM, c: Configuration, windows: Windows) -> None:
    """Give the model the optimizer, the loss and the precision of a run."""
    loss: Any = "auto"
    if c.softmax == "sampled":
        counts = _counts(windows.ids, model.vocabulary_size)
        loss = SampledNextToken(counts, c.samples or 1, c.seed)
    model.compile(
        new_optimizer(c, windows.full),
        loss,
        weighted_metrics=None,
        precision=c.precision or "float32",
    )
    # made within the first step, what the optimizer keeps would be there twice
    optimizer: Any = model.optimizer
    optimizer.build(model.trainable_variables)


def total_steps(c: Configuration, steps_per_epoch: int) -> int | None:
    """Count the steps of the run; None if only minutes limit it."""
    limits = [c.steps, c.epochs and c.epochs * steps_per_epoch]
    return min((limit for limit in limits if limit), default=None)


def _counts(ids: Any, vocabulary_size: int) -> Any:
    counts = np.zeros(vocabulary_size)
    for some in stretches(ids):
        counts += np.bincount(some, minlength=vocabulary_size)
    return counts


def interrupted(
    metadata: dict[str, Any], clock: Clock, folder: RunFolder, reporter: Reporter
) -> None:
    """Say that Ctrl-C was heard and what comes now; note it beside the model."""
    metadata["interrupted"] = True
    reporter.note(
        f"Interrupted after step {clock.step}: measuring and keeping the best model; "
        f"{folder.way_to_go_on}"
    )


def what_is_kept(best: BestModel) -> str:
    """Say in words which model lies in RUN."""
    if best.best_step is not None:
        return f"{best.path} holds the model of step {best.best_step}"
    nothing = "no model was kept: none had been validated yet"
    is_earlier = f"{nothing}; {best.path} is of an earlier run"
    return is_earlier if best.path.exists() else nothing
