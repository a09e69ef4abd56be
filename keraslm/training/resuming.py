"""Which run a checkpoint belongs to, and whether anything is left of a run to do."""

import dataclasses
from typing import Any

from keraslm.card import Card
from keraslm.checkpoints.checkpoint import Checkpoint, first_difference
from keraslm.errors import ModelFileError, UsageError
from keraslm.language_model import LanguageModel
from keraslm.loading import load
from keraslm.text.corpus import Corpus
from keraslm.text.encoder import TextEncoder
from keraslm.training.folder import RunFolder
from keraslm.training.options import OPTIONS, Configuration, read_toml
from keraslm.version import __version__


def fixed_options(options: dict[str, Any]) -> dict[str, Any]:
    """Give the options that a run keeps from its start to its end."""
    return {name: value for name, value in options.items() if not OPTIONS[name].is_free}


def identity(c: Configuration, corpus: Corpus, encoder: TextEncoder) -> dict[str, Any]:
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
        raise UsageError(
            f"{folder.path} holds a run whose {name} was {was.get(name)!r}; "
            f"received {now.get(name)!r}: give what it had, or another `out`, or "
            "`overwrite=True` to start anew"
        )


def with_the_runs_dropout(c: Configuration, folder: RunFolder) -> Configuration:
    """Let a dropout that was left open be that of the run in RUN, if there is one."""
    if c.dropout is not None or not folder.configuration.exists():
        return c
    was = read_toml(folder.configuration)
    same = was.get("model") == c.model
    return dataclasses.replace(c, dropout=was.get("dropout")) if same else c


def has_checkpoint(
    folder: RunFolder, c: Configuration, corpus: Corpus, encoder: TextEncoder
) -> bool:
    """Say whether there is a checkpoint of this run; without one it must start over.

    Raises: UsageError if RUN holds another run; ModelFileError if it is damaged.
    """
    if folder.checkpoint.exists():
        checkpoint = Checkpoint.read(folder.checkpoint)
        require_same(folder, checkpoint.identity, identity(c, corpus, encoder))
        return True
    if folder.configuration.exists():
        was = Configuration(**read_toml(folder.configuration)).to_dict()
        require_same(folder, fixed_options(was), fixed_options(c.to_dict()))
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
    where = {"corpus": c.corpus, "out": c.out}
    if {**told.get("configuration", {}), **where} != {**c.to_dict(), **where}:
        return None
    read = told.get("texts")
    if isinstance(read, dict) and not read.keys() >= corpus.parts_by_hash().keys():
        raise UsageError(
            f"{folder.path} holds a finished run of another text; give that text, or "
            "another `out`, or `overwrite=True` to start anew"
        )
    return model, card
