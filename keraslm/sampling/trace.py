"""How each token came to be drawn: what every setting left, and the random number.

A step is drawn exactly as `TokenStream.draw` does, so the tokens are those that
`generate` writes with the same seed.
"""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from keraslm.sampling.sampler import Sampler, pick
from keraslm.sampling.stream import TokenStream
from keraslm.sampling.temperature import temper

ALLOWED = "allowed"
"""The name of the first stage: without the token that is never written."""
TITLES = {ALLOWED: "no <unk>", "top_k": "top-k", "top_p": "top-p", "min_p": "min-p"}
TITLES |= {"typical_p": "typical", "temperature": "T"}


@dataclasses.dataclass(frozen=True)
class Stage:
    """What is left after one setting.

    `kept` is its share of the probability that the stage before it left, which for a
    temperature is all. Shapes: distribution (vocabulary,), sums to one
    """

    name: str
    setting: float | None
    distribution: np.ndarray
    kept: float

    @property
    def title(self) -> str:
        """The name and the setting, for the head of a column."""
        title = TITLES[self.name]
        return title if self.setting is None else f"{title} {self.setting:g}"

    @property
    def tokens(self) -> int:
        """How many tokens may still be drawn."""
        return int(np.count_nonzero(self.distribution))


@dataclasses.dataclass(frozen=True)
class Step:
    """One token, and how it was drawn.

    Math:   low <= point < high, high - low = q(token); low = sum_{v < token} q(v)
    Shapes: raw (vocabulary,), the model's own P(w | history)
    """

    raw: np.ndarray
    stages: tuple[Stage, ...]
    point: float
    """The random number, uniform in [0, 1)."""
    token: int
    low: float
    high: float

    @property
    def possible(self) -> int:
        """How many tokens may come next by the model."""
        return int(np.count_nonzero(self.raw))

    @property
    def final(self) -> np.ndarray:
        """The distribution that the token was drawn from; shape (vocabulary,)."""
        return self.stages[-1].distribution

    @property
    def columns(self) -> list[np.ndarray]:
        """The model's distribution and what each stage made of it."""
        return [self.raw, *(stage.distribution for stage in self.stages)]

    def shown(self, top: int) -> list[int]:
        """Give the ids of the model's most probable tokens, and of the drawn one."""
        best: list[int] = np.argsort(-self.raw, kind="stable")[:top].tolist()
        return best if self.token in best else [*best, self.token]

    def others(self, shown: Sequence[int]) -> list[float]:
        """Give what all tokens that are not shown have in each column."""
        return [float(np.delete(column, shown).sum()) for column in self.columns]

    def to_dict(self, tokens: Sequence[str], top: int | None = None) -> dict[str, Any]:
        """Give what JSON can hold; `top` None gives every token.

        Each name's probabilities, and those of `others`, sum to one.
        """
        ids = self.shown(len(self.raw) if top is None else top)
        names = ["model", *(stage.name for stage in self.stages)]
        rows = [
            {"token": tokens[i], "id": i}
            | dict(zip(names, (float(c[i]) for c in self.columns), strict=True))
            for i in ids
        ]
        others = dict(zip(names, self.others(ids), strict=True))
        return {
            "token": tokens[self.token],
            "id": self.token,
            "random": self.point,
            "interval": [self.low, self.high],
            "stages": [
                {"name": s.name, "setting": s.setting, "kept": s.kept}
                | {"tokens": s.tokens}
                for s in self.stages
            ],
            "tokens": rows,
            "others": {"tokens": len(self.raw) - len(ids), **others},
        }


def explain(
    stream: TokenStream,
    prompt: Iterable[int],
    sampler: Sampler,
    length: int,
    forbidden: int,
) -> Iterator[Step]:
    """Yield how each of `length` tokens after the prompt is drawn."""
    stream.extend(prompt)
    for _ in range(length):
        step = explain_step(stream, sampler, forbidden)
        yield step
        stream.push(step.token)


def explain_step(stream: TokenStream, sampler: Sampler, forbidden: int) -> Step:
    """Draw the next token, which is not pushed, and say how."""
    raw = np.exp(stream.next_log_probabilities())
    scores, point = stream.scores(forbidden), sampler.rng.random()
    weights = temper(scores, 1)
    kept = 1 - float(raw[forbidden])
    stages = [Stage(ALLOWED, None, weights / weights.sum(), kept)]
    for name, left in sampler.stages(scores):
        if name == "temperature" and sampler.temperature == 1:
            continue  # it changes nothing
        # tempering moves probability, a filter takes some away
        kept = 1.0 if name == "temperature" else float(left.sum() / weights.sum())
        setting = getattr(sampler, name)
        stages.append(Stage(name, setting, left / left.sum(), kept))
        weights = left
    token = pick(weights, point)
    ends = weights.cumsum() / weights.sum()
    low = float(ends[token - 1]) if token else 0.0
    return Step(raw, tuple(stages), point, token, low, float(ends[token]))
