"""A mixture: several models answer, each with the weight that it has earned.

Math:   P(w | h) = sum_k lambda_k P_k(w | h),  lambda_k >= 0,  sum_k lambda_k = 1
References: Jelinek & Mercer (1980); Bahl, Jelinek & Mercer (1983).
"""

import os
from collections.abc import Sequence
from typing import Any, Self

import numpy as np

from keraslm.card import HASH, PARTS, Reading
from keraslm.errors import UsageError
from keraslm.expectation_maximisation import mixture_weights
from keraslm.language_model import LanguageModel
from keraslm.sampling.stream import TokenStream
from keraslm.text.corpus import Text, as_text

ROUNDING = 1e-6  # how far from one the sum of weights may be that a user gives


class Mixture(LanguageModel):
    """A model whose probabilities are the weighted means of its parts'.

    Raises: UsageError for fewer than two models, for models that differ in tokenizer or
        vocabulary, and for weights that are negative or do not sum to one.
    """

    def __init__(
        self,
        models: Sequence[LanguageModel],
        weights: Sequence[float],
        names: Sequence[str] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        """Mix models; `names`, of the parts, are the models' own if not given."""
        require_mixable(models)
        self.models = list(models)
        self.weights = _checked(weights, len(models))
        self.names = list(names or [model.name for model in models])
        self.metadata = dict(metadata or {})
        self.encoder = self.models[0].encoder
        self.name = _sum_of(self.weights, self.names)
        rules = zip(self.names, models, strict=True)
        self.state_rule = "; ".join(f"{name}: {m.state_rule}" for name, m in rules)

    @classmethod
    def fit(
        cls,
        models: Sequence[LanguageModel],
        text: Text | str | os.PathLike[str],
        names: Sequence[str] | None = None,
    ) -> Self:
        """Find the weights that give a validation text the highest probability.

        Every model reads the text once. On this text the mixture is at least as good as
        the best of its parts.

        Raises: UsageError, as the class; CorpusError, as `read`.
        """
        require_mixable(models)
        text = as_text(text)
        log_p = [model.read(text).log_probabilities for model in models]
        chosen_on = {"text": text.name, "text_sha256": text.sha256}
        metadata = {"weights_chosen_on": chosen_on}
        return cls(models, mixture_weights(np.stack(log_p)).tolist(), names, metadata)

    @property
    def parameters(self) -> int:
        """The sum of the parts' parameters."""
        return sum(model.parameters for model in self.models)

    @property
    def learnt_from(self) -> dict[str, Any]:
        """Those of the first part."""
        return self.models[0].learnt_from

    @property
    def rounding(self) -> float:
        """That of the part that is off most."""
        return max(model.rounding for model in self.models)

    def verify(self) -> str:
        """Check what opening the parts left unchecked, and say what was checked.

        Raises: ModelFileError if a part's file is damaged.
        """
        return "; ".join(filter(None, (model.verify() for model in self.models)))

    @property
    def details(self) -> dict[str, Any]:
        """Each part with its weight and its own details, and where weights are from."""
        parts = zip(self.names, self.weights.tolist(), self.models, strict=True)
        described = [{"model": n, "weight": w, **m.details} for n, w, m in parts]
        return {"parts": described, **self.metadata}

    def log_probabilities(self, ids: np.ndarray) -> np.ndarray:
        """Predict every token of a stream once, with the longest history.

        Shapes: ids (tokens,) -> (tokens,) float64, in nats
        """
        return mixed(self.weights, [m.log_probabilities(ids) for m in self.models])

    def part_of(self, text: Text) -> str:
        """Say which part a text is, by the model that has learnt most of it."""
        parts = [model.part_of(text) for model in self.models]
        return min(parts, key=(*PARTS, "").index)

    def mix(self, readings: Sequence[Reading]) -> Reading:
        """Give the reading of a text that the parts, in their order, have read."""
        log_p = mixed(self.weights, [r.log_probabilities for r in readings])
        seconds = sum(reading.seconds for reading in readings)
        return Reading(readings[0].text, readings[0].ids, log_p, seconds)

    def stream(self) -> TokenStream:
        """Start a stream at the beginning of a line."""
        return MixtureStream(self.weights, [model.stream() for model in self.models])

    def save(self, path: str | os.PathLike[str]) -> None:
        """Refuse: the models are files of their own.

        Raises: UsageError
        """
        raise UsageError(
            f"a mixture has no file, so {path} was not written; save its models, and "
            f"mix them again with the weights {self.weights.tolist()}, as in "
            "mix:MODEL=WEIGHT,MODEL=WEIGHT"
        )


class MixtureStream(TokenStream):
    """The streams of the parts, which all read the same tokens."""

    def __init__(self, weights: np.ndarray, streams: list[TokenStream]) -> None:
        self._weights = weights
        self._streams = streams

    def next_log_probabilities(self) -> np.ndarray:
        """Give log sum_k lambda_k P_k(w | history) for every w.

        Shapes: -> (vocabulary,) float64, in nats
        """
        parts = [stream.next_log_probabilities() for stream in self._streams]
        return mixed(self._weights, parts)

    def push(self, token_id: int) -> None:
        """Append one token to the history of every part."""
        for stream in self._streams:
            stream.push(token_id)

    def fork(self) -> Self:
        """Give a second stream with the same history: a fork of every part."""
        return type(self)(self._weights, [stream.fork() for stream in self._streams])


def mixed(weights: np.ndarray, log_p: Sequence[np.ndarray]) -> np.ndarray:
    """Mix log-probabilities without leaving the logarithm.

    Math:   log sum_k lambda_k P_k
    Shapes: weights (parts,), log_p parts of (n,) -> (n,), in nats
    """
    with np.errstate(divide="ignore"):  # log 0 is -inf, which adds nothing
        log_weights = np.log(weights)
    total = np.full(log_p[0].shape, -np.inf)
    for log_weight, part in zip(log_weights, log_p, strict=True):
        np.logaddexp(total, log_weight + part, out=total)
    return total


def require_mixable(models: Sequence[LanguageModel]) -> None:
    """Refuse models that do not predict the same tokens.

    Raises: UsageError naming what differs.
    """
    if len(models) < 2:
        raise UsageError(f"a mixture is of two models or more; received {len(models)}")
    first = models[0]
    for other in models[1:]:
        pairs = [
            (m.encoder.tokenizer.name, len(m.vocabulary), m.vocabulary.hash[:HASH])
            for m in (first, other)
        ]
        if pairs[0] != pairs[1]:
            (one, size, digits), (two, other_size, other_digits) = pairs
            raise UsageError(
                "models that are mixed predict the same tokens: the tokenizer "
                f"{one!r} has {size:,} ({digits}) for {first.name}, and {two!r} has "
                f"{other_size:,} ({other_digits}) for {other.name}; "
                f"{_advice(one == two, size, other_size)}"
            )


def _advice(same_tokenizer: bool, *sizes: int) -> str:
    if same_tokenizer and sizes[0] != sizes[1]:
        return (
            "if they learnt from one text, train the larger again with "
            f"`vocabulary_size={min(sizes)}`"
        )
    return "train them on one text, level and vocabulary"


def _checked(weights: Sequence[float], parts: int) -> np.ndarray:
    given = np.asarray(weights, np.float64)
    whole = abs(given.sum() - 1) < ROUNDING
    if given.shape != (parts,) or not whole or given.min() < 0:
        raise UsageError(
            f"the weights of {parts} models are {parts} numbers of 0 or more that sum "
            f"to one; received {list(weights)}"
        )
    return given / given.sum()


def _sum_of(weights: np.ndarray, names: Sequence[str]) -> str:
    """Write "0.62 lstm + 0.38 ngram-3", the largest weight first."""
    ranked = sorted(zip(weights.tolist(), names, strict=True), key=lambda p: -p[0])
    return " + ".join(f"{weight:.2f} {name}" for weight, name in ranked)
