"""The models that the lab shows, each named by the hash of its file."""

import dataclasses
import hashlib
import os
import threading
from collections.abc import Sequence
from typing import Any

from keraslm import loading
from keraslm.answers.heads import Heads
from keraslm.answers.inside import layers
from keraslm.answers.place import Asked
from keraslm.answers.reading import Inside
from keraslm.counts.model import NgramModel
from keraslm.errors import KeraslmError, UsageError
from keraslm.files import archive
from keraslm.language_model import LanguageModel
from keraslm.mixture import Mixture
from keraslm.mixture_name import is_mixture, parts_of
from keraslm.truth import VILLAGE, Truth, is_truth, truth_beside

MOST = 12  # models on the shelf
HASH = 12  # digits


@dataclasses.dataclass
class Shown:
    """A model on the shelf; one question at a time holds its lock."""

    key: str
    given: str
    """What it was called on the command line, or "truth:village"."""
    asked: Asked
    lock: threading.Lock = dataclasses.field(default_factory=threading.Lock)

    @property
    def model(self) -> LanguageModel:
        """The language model."""
        return self.asked.model

    @property
    def group(self) -> str:
        """What models share that predict the same tokens."""
        return self.model.encoder.hash[:HASH]

    @property
    def is_truth(self) -> bool:
        """Whether it is the grammar itself."""
        return isinstance(self.model, Truth)

    def told(self) -> dict[str, Any]:
        """Describe the model, as JSON."""
        card = self.model.metadata.get("card", {})
        return {
            "key": self.key,
            "given": self.given,
            "name": "truth" if self.is_truth else self.model.name,
            "group": self.group,
            "level": self.model.vocabulary.level,
            "vocabulary": len(self.model.vocabulary),
            "parameters": self.model.parameters,
            "sees": self.model.state_rule,
            "reach": self._reach(),
            "perplexity": card.get("perplexity"),
            "text": card.get("text"),
            "truth": self.is_truth,
            "cells": self._cells(),
            "heads": self.heads,
        }

    def _cells(self) -> list[dict[str, Any]] | None:
        """Describe the recurrent layers; None where there are none to look into."""
        try:
            return layers(Inside(self.asked))
        except UsageError:
            return None

    @property
    def heads(self) -> dict[str, int] | None:
        """Count a transformer's layers and the heads of each; None of another model."""
        try:
            layers, heads = Heads(self.asked).shape
        except UsageError:
            return None
        return {"layers": layers, "heads": heads}

    def _reach(self) -> int | None:
        """Count the tokens that a prediction sees; None where there is no limit."""
        return _reach(self.model)


def _reach(model: LanguageModel) -> int | None:
    if isinstance(model, Mixture):
        reaches = [_reach(part) for part in model.models]
        finite = [reach for reach in reaches if reach is not None]
        return max(finite) if len(finite) == len(reaches) else None
    if isinstance(model, NgramModel):
        return model.order - 1
    try:
        network = getattr(model, "network", None)
    except KeraslmError:  # an adopted one, which Keras alone can read
        return None
    context = getattr(network, "context", None)
    return context if isinstance(context, int) else None


class Shelf:
    """Open models, and the truth of those that learnt village."""

    def __init__(self, given: Sequence[str], level: str | None = None) -> None:
        """Open the models that were named.

        Raises: UsageError for none, or too many; else as keraslm.load.
        """
        if not 0 < len(given) <= MOST:
            raise UsageError(f"the lab shows 1 to {MOST} models; received {len(given)}")
        self.shown: dict[str, Shown] = {}
        for name in given:
            self._put(key_of(name), name, loading.load(name, level))
        for one in list(self.shown.values()):
            truth = truth_beside(one.model)
            if truth is not None:
                self._put(f"truth-{one.group}", VILLAGE, truth)

    def _put(self, key: str, given: str, model: LanguageModel) -> None:
        self.shown.setdefault(key, Shown(key, given, Asked(model)))

    def __getitem__(self, key: str) -> Shown:
        """Find a model by its key.

        Raises: UsageError if there is none.
        """
        if key not in self.shown:
            raise UsageError(f"there is no model {key[:HASH]!r} here")
        return self.shown[key]

    def truth_of(self, shown: Shown) -> Shown | None:
        """Give the truth that predicts the same tokens, if it is known."""
        return self.shown.get(f"truth-{shown.group}")

    def told(self) -> list[dict[str, Any]]:
        """Describe all models."""
        return [shown.told() for shown in self.shown.values()]


def key_of(given: str) -> str:
    """Name a model: by the hash of its file; a mixture by those of its parts."""
    if is_truth(given):
        return "truth"
    if not is_mixture(given):
        return hash_of(given)
    models, weights = parts_of(given)
    described = " ".join(map(str, [*map(key_of, models), *weights]))
    return hashlib.sha256(described.encode()).hexdigest()[:HASH]


def hash_of(given: str | os.PathLike[str]) -> str:
    """Give the first digits of the SHA-256 of a model's file."""
    with archive.model_path(given).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:HASH]
