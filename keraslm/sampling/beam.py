"""Beam search: the most probable continuations, several at a time; nothing is drawn.

At each step every kept continuation is lengthened by every token, and the best `beams`
are kept. Nothing streams: which one is best is known when the search ends.
"""

import dataclasses
from collections.abc import Iterable

import numpy as np

from keraslm.errors import UsageError
from keraslm.sampling.stream import TokenStream, without


@dataclasses.dataclass(frozen=True)
class Hypothesis:
    """A continuation, its log P after the prompt in nats, and what it is ranked by."""

    tokens: tuple[int, ...]
    log_probability: float
    score: float
    is_finished: bool = False


@dataclasses.dataclass(frozen=True)
class Beams:
    """How wide the search is, and how lengths are compared.

    Raises: UsageError if `beams` < 1 or `length_penalty` is not 0 or more.
    """

    beams: int
    length_penalty: float = 1.0
    last: int | None = None
    """The token that ends a continuation; None: all have the full length."""

    def __post_init__(self) -> None:
        """Check the settings."""
        if self.beams < 1:
            raise UsageError(f"`beams` must be 1 or more; received {self.beams}")
        if not 0 <= self.length_penalty < float("inf"):
            raise UsageError(
                f"`length_penalty` must be 0 or more; received {self.length_penalty}"
            )

    def hypothesis(self, tokens: tuple[int, ...], log_p: float) -> Hypothesis:
        """Rank a continuation; a longer one is less probable, and is helped.

        Math:   score = log P(tokens) / ((5 + n) / 6)^A, n tokens, A the length penalty
        References: Wu et al. (2016), equation 14.
        """
        divisor = ((5 + len(tokens)) / 6) ** self.length_penalty
        is_finished = tokens[-1:] == (self.last,)
        return Hypothesis(tokens, log_p, log_p / divisor, is_finished)


def beam_search(
    stream: TokenStream,
    prompt: Iterable[int],
    settings: Beams,
    length: int,
    forbidden: int,
) -> list[Hypothesis]:
    """Find the best continuations of `length` tokens, or that end before; best first.

    One beam is greedy. A beam as wide as there are continuations finds the best one.
    `forbidden` is a token that is never written; the probabilities are the model's own.
    """
    stream.extend(prompt)
    kept = [(settings.hypothesis((), 0.0), stream)]
    for _ in range(length):
        candidates = [
            (longer, stream)
            for hypothesis, stream in kept
            for longer in _longer(hypothesis, stream, settings, forbidden)
        ]
        candidates.sort(key=lambda pair: -pair[0].score)
        best = candidates[: settings.beams]
        if all(hypothesis.is_finished for hypothesis, _ in best):
            kept = best
            break
        kept = [(h, s if h.is_finished else _after(s, h.tokens[-1])) for h, s in best]
    return [hypothesis for hypothesis, _ in kept]


def _longer(
    hypothesis: Hypothesis, stream: TokenStream, settings: Beams, forbidden: int
) -> list[Hypothesis]:
    """Lengthen a continuation by its best next tokens; a finished one stays."""
    if hypothesis.is_finished:
        return [hypothesis]
    log_p = without(stream.next_log_probabilities(), forbidden)
    before, total = hypothesis.tokens, hypothesis.log_probability
    return [
        settings.hypothesis((*before, token), total + float(log_p[token]))
        for token in _best(log_p, settings.beams)
    ]


def _best(log_p: np.ndarray, number: int) -> list[int]:
    """Give the most probable tokens, of equals the lower ids; none is impossible."""
    number = min(number, int(np.count_nonzero(log_p > -np.inf)))
    least = np.partition(log_p, -number)[-number]
    tokens = np.flatnonzero(log_p >= least)
    order = np.argsort(-log_p[tokens], kind="stable")
    best: list[int] = tokens[order[:number]].tolist()
    return best


def _after(stream: TokenStream, token: int) -> TokenStream:
    """Give a stream of its own that has read one token more."""
    own = stream.fork()
    own.push(token)
    return own
