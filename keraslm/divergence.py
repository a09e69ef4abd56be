"""How far a model is from the truth: the Kullback-Leibler divergence, a token.

Math:       KL(P || Q) = sum_w P(w | h) log (P(w | h) / Q(w | h)),  P the truth
            the mean over the beginnings h of a text that the grammar allows
            It is what the model pays on average above what must be paid:
            cross-entropy of the model = entropy of the truth + KL.
References: Kullback & Leibler (1951).
"""

import contextlib
import dataclasses
import math
import time
from collections.abc import Iterator, Sequence

import numpy as np

from keraslm import measures
from keraslm.errors import UsageError
from keraslm.language_model import LanguageModel
from keraslm.text.text import Text
from keraslm.truth import Truth
from keraslm.truth_stream import ImpossiblePrefix

MOST = (25_000, 5_000, 1_000, 200)  # tokens that are measured, at a model's pace
SECONDS = 10  # that the truth and a model have for as many tokens
PACE = (1_000, 20)  # tokens that the truth and a model read to show their pace
SUM = 1e-3  # how far from one the sum of a distribution may be, in float32
DIVERGENCE = "divergence"  # its place among a card's details


@dataclasses.dataclass(frozen=True)
class Divergence:
    """The mean divergence, and of how many tokens.

    Units: `nats_per_token` in nats; infinite if the model holds impossible what can
        come, undefined (NaN) if no token was measured.
    """

    nats_per_token: float
    tokens: int
    """How many were measured."""
    impossible: int
    """How many more were read, after a beginning that the grammar does not allow."""
    text_tokens: int
    """How many the text has."""


def divergence(
    truth: LanguageModel, model: LanguageModel, text: Text, most: int | None = None
) -> Divergence:
    """Measure KL(truth || model) over whole distributions, at each token of a text.

    A text of at most `most` tokens is read from its beginning to its end, as it is for
    its perplexity. Of a longer one, lines are measured that are evenly spaced, each
    read after the line before it. Without `most` it is 25,000, or 5,000, 1,000 or 200
    where as many would take more than about ten seconds.

    Raises: UsageError if the two do not predict the same tokens, or the model gives
        scores that are no distribution.
    """
    if truth.encoder.hash != model.encoder.hash:
        raise UsageError(
            f"the truth and {model.name} must predict the same tokens; give "
            "`truth.with_encoder(model.encoder)`"
        )
    ids = model.encoder.encode(text)
    most = _affordable((truth, model), ids) if most is None else most
    found = np.array(list(_divergences(truth, model, ids, most)))
    possible = found[~np.isnan(found)]
    mean = float(possible.mean()) if len(possible) else math.nan
    impossible = len(found) - len(possible)
    return Divergence(mean, len(possible), impossible, len(ids))


def divergence_on(text: Text, model: LanguageModel) -> Divergence | None:
    """Measure a model against the grammar of the language that a text is written in.

    None where the language is not known, or cannot be told in the model's tokens.
    """
    if text.language is None:
        return None
    try:
        truth = Truth(text.language.parser(), model.encoder)
        return divergence(truth, model, text)
    except UsageError:
        return None


def kullback_leibler(log_p: np.ndarray, log_q: np.ndarray) -> float:
    """Give KL(P || Q) in nats; infinite where Q is 0 and P is not.

    Shapes: log_p (vocabulary,), log_q (vocabulary,)
    Raises: UsageError if Q does not sum to one.
    """
    total = float(np.exp(log_q).sum())
    if abs(total - 1) > SUM:
        raise UsageError(
            f"a divergence is of probabilities, which sum to one; received scores that "
            f"sum to {total:.4g}"
        )
    return measures.kullback_leibler(log_p, log_q)


def _affordable(models: tuple[LanguageModel, ...], ids: np.ndarray) -> int:
    """Give how many tokens are measured, by the pace at which the first ones are."""
    paces = [_pace(model, ids[:n]) for model, n in zip(models, PACE, strict=True)]
    return next((most for most in MOST if most * sum(paces) < SECONDS), MOST[-1])


def _pace(model: LanguageModel, ids: np.ndarray) -> float:
    """Give the seconds a token of the second half, when the model has begun."""
    stream, times = model.stream(), [time.process_time()]
    for token_id in ids.tolist():
        with contextlib.suppress(ImpossiblePrefix):
            stream.next_log_probabilities()
        stream.push(token_id)
        times.append(time.process_time())
    half = len(ids) // 2
    return (times[-1] - times[half]) / max(len(ids) - half, 1)


def _divergences(
    truth: LanguageModel, model: LanguageModel, ids: np.ndarray, most: int
) -> Iterator[float]:
    """Yield that of each token which is measured, NaN after an impossible beginning."""
    if len(ids) <= most:
        yield from _of_tokens(truth, model, ids, 0)
        return
    lines = _lines(ids, model.vocabulary.boundary_id)
    step = -(-len(ids) // most)
    for number in range(0, len(lines), step):
        before = lines[number - 1] if number else ids[:0]
        together = np.concatenate([before, lines[number]])
        yield from _of_tokens(truth, model, together, len(before))


def _of_tokens(
    truth: LanguageModel, model: LanguageModel, ids: np.ndarray, start: int
) -> Iterator[float]:
    """Yield the divergence at each token from `start` on; those before are read."""
    streams = truth.stream(), model.stream()
    for place, token_id in enumerate(ids.tolist()):
        if place >= start:
            try:
                log_p = streams[0].next_log_probabilities()
            except ImpossiblePrefix:
                yield math.nan
            else:
                yield kullback_leibler(log_p, streams[1].next_log_probabilities())
        for stream in streams:
            stream.push(token_id)


def _lines(ids: np.ndarray, boundary_id: int) -> Sequence[np.ndarray]:
    """Cut ids after each end of a line."""
    ends = np.flatnonzero(ids == boundary_id) + 1
    return [line for line in np.split(ids, ends) if len(line)]
