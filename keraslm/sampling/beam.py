"""Beam search: the most probable continuations, several at a time; nothing is drawn.

At each step every continuation that is kept is lengthened by every token, and the best
`beams` are kept; those that end are set aside. Nothing streams: which one is best is
known when the search ends.
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
        """Rank a continuation by its probability and its length."""
        score = self.score(log_p, len(tokens))
        return Hypothesis(tokens, log_p, score, tokens[-1:] == (self.last,))

    def score(self, log_p: float, length: int) -> float:
        """Divide log P by a measure of length, since longer texts are less probable.

        Math:   log P / ((5 + n) / 6)^A, n tokens, A the length penalty
        References: Wu et al. (2016), equation 14.
        """
        return log_p / ((5 + length) / 6) ** self.length_penalty


def beam_search(
    stream: TokenStream,
    prompt: Iterable[int],
    settings: Beams,
    length: int,
    forbidden: int,
) -> list[Hypothesis]:
    """Find the best continuations of `length` tokens, or that end before; best first.

    Those that end stand before those that were cut at `length`. One beam is greedy; as
    many as there are continuations find the best one. `forbidden` is a token that is
    never written; the probabilities are the model's own.
    """
    stream.extend(prompt)
    growing, finished = [(settings.hypothesis((), 0.0), stream)], list[Hypothesis]()
    for _ in range(length):
        candidates = [
            (longer, stream)
            for hypothesis, stream in growing
            for longer in _longer(hypothesis, stream, settings, forbidden)
        ]
        best = sorted(candidates, key=lambda pair: -pair[0].score)[: settings.beams]
        finished += [h for h, _ in best if h.is_finished]
        finished = sorted(finished, key=lambda h: -h.score)[: settings.beams]
        growing = [(h, _after(s, h.tokens[-1])) for h, s in best if not h.is_finished]
        if not growing or _is_decided(growing[0][0], finished, settings, length):
            break
    return [*finished, *(h for h, _ in growing)][: settings.beams]


def _is_decided(
    best: Hypothesis, finished: list[Hypothesis], settings: Beams, length: int
) -> bool:
    """Say whether what still grows cannot do better than what has ended.

    A continuation only becomes less probable, and is helped most at full length.
    """
    if len(finished) < settings.beams:
        return False
    return settings.score(best.log_probability, length) <= finished[-1].score


def _longer(
    hypothesis: Hypothesis, stream: TokenStream, settings: Beams, forbidden: int
) -> list[Hypothesis]:
    """Lengthen a continuation by its best next tokens."""
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
