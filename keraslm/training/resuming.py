"""Which run a checkpoint belongs to, and whether anything is left of a run to do."""

import contextlib
import dataclasses
from collections.abc import Callable, Iterator, Set
from typing import Any, Protocol

from keraslm.card import Card
from keraslm.checkpoints.checkpoint import Checkpoint, first_difference
from keraslm.errors import ModelFileError, UsageError
from keraslm.language_model import LanguageModel
from keraslm.loading import load
from keraslm.text.corpus import Corpus
from keraslm.text.encoder import TextEncoder
from keraslm.training.folder import RunFolder
from keraslm.training.options import OPTIONS, Configuration, read_toml
from keraslm.training.options.configuration import ADAMS
from keraslm.training.reporter import Reporter
from keraslm.version import __version__

CHOSEN = ("dropout", "precision", "beta_1")
"""Open options that a resumed run keeps: set by the machine, or by its version."""
EARLIER = {"beta_1": 0.9}
"""What versions without an option did. No run's identity has it, as theirs had none."""


class Options(Protocol):
    """The options of a run."""

    def to_dict(self) -> dict[str, Any]:
        """Give those that have a value."""


def fixed_options(options: dict[str, Any]) -> dict[str, Any]:
    """Give the options that a run keeps from its start to its end."""
    free = {name for name, option in OPTIONS.items() if option.is_free}
    kept = {name: value for name, value in options.items() if name not in free}
    return {n: value for n, value in kept.items() if EARLIER.get(n, ...) != value}


def identity(c: Options, corpus: Corpus, encoder: TextEncoder) -> dict[str, Any]:
    """Say what a run is: with the same, each of its steps comes out the same."""
    import keras

    return {
        **fixed_options(c.to_dict()),
        **hashes(corpus),
        "vocabulary (SHA-256)": encoder.hash,
        "version of keraslm": __version__,
        "backend": keras.backend.backend(),
    }


def hashes(corpus: Corpus) -> dict[str, str | None]:
    """Give what identifies the texts of a corpus."""
    parts = {"training": corpus.train, "validation": corpus.valid, "test": corpus.test}
    return {
        f"{part} text (SHA-256)": text.sha256 if text else None
        for part, text in parts.items()
    }


def require_same(folder: RunFolder, was: dict[str, Any], now: dict[str, Any]) -> None:
    """Refuse to go on with another run.

    Raises: UsageError naming the first thing that differs, and its two values.
    """
    name = first_difference(was, now)
    if name is not None:
        before, given = (known.get(name, EARLIER.get(name)) for known in (was, now))
        raise UsageError(
            f"{folder.path} holds a run whose {name} was {before!r}; received "
            f"{given!r}: give what it had, or another `out`, or `overwrite=True` to "
            "start anew"
        )


def with_what_the_run_chose(c: Configuration, folder: RunFolder) -> Configuration:
    """Let what was left open, and a run chooses, be as in the run in RUN."""
    is_open = [name for name in CHOSEN if getattr(c, name) is None]
    if not is_open or not folder.configuration.exists():
        return c
    was = read_toml(folder.configuration)
    if was.get("model") != c.model:
        return c
    if was.get("optimizer") in ADAMS:
        was = {**EARLIER, **was}
    chosen: dict[str, Any] = {name: was.get(name) for name in is_open}
    return dataclasses.replace(c, **chosen)


@contextlib.contextmanager
def begun(
    folder: RunFolder,
    options: dict[str, Any],
    now: Callable[[], dict[str, Any]],
    earlier: Callable[[], dict[str, Any]],
    reporter: Reporter,
    resume: bool,
) -> Iterator[None]:
    """Train in the folder, which is made, or holds a run that can go on.

    `now` gives the identity of the run, `earlier` reads the options of the one in RUN.
    Raises: UsageError if RUN holds another run, or another process is training in it;
        ModelFileError if its checkpoint is damaged; TrainingError if the disk is full;
        Terminated with what to do then.
    """
    with folder.locked(), folder.unless_nothing_came(), folder.saying_how_to_go_on():
        if not (resume and _goes_on(folder, options, now, earlier)):
            if resume and folder.configuration.exists():
                reporter.note(f"{folder.path} has no checkpoint: the run starts over")
            folder.create()
        folder.sweep()
        folder.write_configuration(options)
        yield


def _goes_on(
    folder: RunFolder,
    options: dict[str, Any],
    now: Callable[[], dict[str, Any]],
    earlier: Callable[[], dict[str, Any]],
) -> bool:
    """Say whether there is a checkpoint of this run; without one it must start over.

    Raises: UsageError if RUN holds another run; ModelFileError if it is damaged.
    """
    if folder.checkpoint.exists():
        require_same(folder, Checkpoint.read(folder.checkpoint).identity, now())
        return True
    if folder.configuration.exists():
        require_same(folder, fixed_options(earlier()), fixed_options(options))
    return False


def finished(
    folder: RunFolder, c: Configuration, corpus: Corpus
) -> tuple[LanguageModel, Card] | None:
    """Give the model and the card of a run that came to its end, else None.

    Raises: ModelFileError if the model is damaged and no checkpoint can mend it;
        UsageError if the run was of other texts.
    """
    last_written = (folder.configuration, folder.model, folder.card, folder.picture)
    if not all(file.exists() for file in last_written):
        return None
    try:
        model = load(folder.model)
        told = model.metadata
        card = Card.from_dict(told["card"]) if "card" in told else None
    except ModelFileError:
        if folder.checkpoint.exists():  # which holds the best model too
            return None
        raise
    if card is None or told.get("interrupted"):
        return None
    places = ("corpus", "out", "memory", "temporary")  # which change no figure
    where = {name: getattr(c, name, None) for name in places}
    if {**told.get("configuration", {}), **where} != {**c.to_dict(), **where}:
        return None
    refuse_other_texts(folder, told.get("texts"), corpus.parts_by_hash().keys())
    return model, card


def refuse_other_texts(folder: RunFolder, was: Any, now: Set[str]) -> None:
    """Refuse a finished run of other texts, which are known by their hashes.

    Raises: UsageError
    """
    if isinstance(was, dict) and not was.keys() >= now:
        raise UsageError(
            f"{folder.path} holds a finished run of another text; give that text, or "
            "another `out`, or `overwrite=True` to start anew"
        )
