"""The n-gram model: counts, a smoothing, and the questions every model answers."""

import os
from typing import Any, Self

import numpy as np

from keraslm import archive
from keraslm.counts.additive import Additive, best_delta
from keraslm.counts.ngrams import Ngrams, count_ngrams
from keraslm.counts.smoothing import Smoothing
from keraslm.counts.storage import from_arrays, to_arrays
from keraslm.counts.stream import NgramStream
from keraslm.errors import ModelFileError
from keraslm.language_model import LanguageModel
from keraslm.text.encoder import TextEncoder

DEFAULT_DELTA = 0.1
"""The delta of a model that has no held-out text to choose one on."""

SMOOTHINGS: dict[str, type[Additive]] = {Additive.name: Additive}


class NgramModel(LanguageModel):
    """Predict a token from the order - 1 tokens before it, by counting.

    Math:   P(y_t | y_{t-n+1} .. y_{t-1}), n the order, within one line
    """

    def __init__(
        self,
        encoder: TextEncoder,
        ngrams: Ngrams,
        smoothing: Smoothing,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self.encoder = encoder
        self.ngrams = ngrams
        self.smoothing = smoothing
        self.metadata = dict(metadata or {})
        self.name = f"ngram-{ngrams.order}"
        self.state_rule = _state_rule(ngrams.order)

    @classmethod
    def train(
        cls,
        encoder: TextEncoder,
        ids: np.ndarray,
        order: int = 3,
        delta: float | None = None,
        valid: np.ndarray | None = None,
    ) -> Self:
        """Count a text's n-grams.

        Without a `delta`, the one is taken that gives the validation text `valid` the
        highest probability, and 0.1 where there is no such text.

        Shapes: ids (tokens,), valid (tokens,)
        Raises: UsageError for an order below 1 or a delta below 0; CorpusError if
            there is no token.
        """
        smoothing = None if delta is None else Additive(delta)
        vocabulary = encoder.vocabulary
        ngrams = count_ngrams(ids, len(vocabulary), order, vocabulary.boundary_id)
        if smoothing is None:
            smoothing = Additive(_chosen_delta(ngrams, valid))
        return cls(encoder, ngrams, smoothing)

    @property
    def order(self) -> int:
        """How many tokens the longest n-gram has: one more than the history."""
        return self.ngrams.order

    def log_probabilities(self, ids: np.ndarray) -> np.ndarray:
        """Predict every token of a stream once, with the longest history it can use.

        Shapes: ids (tokens,) -> (tokens,) float64, in nats
        """
        result = np.empty(len(ids))
        done = 0
        for found in self.ngrams.look_up(ids):
            end = done + len(found.history_length)
            result[done:end] = self.smoothing.log_probabilities(self.ngrams, found)
            done = end
        return result

    def stream(self) -> NgramStream:
        """Start a stream at the beginning of a line."""
        return NgramStream(self.ngrams, self.smoothing)

    @property
    def parameters(self) -> int:
        """The number of distinct n-grams of all orders."""
        return sum(self.size_per_order())

    def size_per_order(self) -> list[int]:
        """How many distinct n-grams the model holds, from order 1 up."""
        return self.ngrams.sizes()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model as one file, atomically; nothing is pickled."""
        description = {
            "kind": "counts",
            "name": self.name,
            "encoder": self.encoder.to_dict(),
            "metadata": self.metadata,
            "order": self.order,
            "smoothing": {"name": self.smoothing.name, **self.smoothing.settings()},
        }
        archive.write_model(path, description, to_arrays(self.ngrams))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Open a model that `save` wrote.

        Raises: UsageError if there is no such file; ModelFileError if it holds no
            count model or is damaged.
        """
        description = archive.read_description(path)
        if description["kind"] != "counts":
            raise ModelFileError(
                f"{path} holds a {description['kind']} model, not counts; "
                "open it with keraslm.load"
            )
        arrays = archive.read_arrays(path)
        try:
            encoder = TextEncoder.from_dict(description["encoder"])
            settings = dict(description["smoothing"])
            smoothing = SMOOTHINGS[settings.pop("name")](**settings)
            order, metadata = int(description["order"]), description["metadata"]
        except (KeyError, TypeError, ValueError) as error:
            raise ModelFileError(
                f"{path} has a damaged description: {error}"
            ) from error
        ngrams = from_arrays(arrays, order, encoder.vocabulary.boundary_id)
        if ngrams.vocabulary_size != len(encoder.vocabulary):
            raise ModelFileError(
                f"{path} is damaged: {ngrams.vocabulary_size} counts for a vocabulary "
                f"of {len(encoder.vocabulary)} tokens"
            )
        return cls(encoder, ngrams, smoothing, metadata)


def _chosen_delta(ngrams: Ngrams, valid: np.ndarray | None) -> float:
    if valid is None or not len(valid):
        return DEFAULT_DELTA
    return best_delta(ngrams, valid)


def _state_rule(order: int) -> str:
    if order == 1:
        return "no history"
    tokens = "1 token" if order == 2 else f"{order - 1} tokens"
    return f"the last {tokens} of the line; a line starts with <s>"
