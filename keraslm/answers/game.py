"""Shannon's guessing game: a hidden line, guessed token by token.

Math:   q_i, the share of tokens that were guessed at the i-th guess
        sum_i i (q_i - q_{i+1}) log2 i  <=  H  <=  - sum_i q_i log2 q_i
        A model guesses in the order of its probabilities; its own cost is the mean of
        - log2 P(token | the line so far).
References: Shannon (1951), Prediction and entropy of printed English.
"""

import contextlib
import random
import threading
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from keraslm import measures
from keraslm.answers.place import Asked, distribution
from keraslm.errors import KeraslmError, UsageError
from keraslm.text.corpus import Text, open_corpus

KEPT = 1000  # lines that models have guessed
LINES = 500  # that are chosen among
FEWEST = 30  # tokens that bounds are of
READ = 2_000_000  # characters of the text that are looked at
SHORTEST = {"word": 4, "char": 15}  # tokens of a line
LONGEST = {"word": 20, "char": 60}  # of longer lines the beginning is taken


class Game:
    """Hidden lines, by the encoder of the models that guess them too."""

    def __init__(self) -> None:
        self._lines: dict[str, list[list[int]]] = {}
        self._guessed: dict[tuple[str, int], tuple[list[int], list[float | None]]] = {}
        self._lock = threading.Lock()

    def line(self, models: Sequence[Asked], seed: int) -> list[int]:
        """Choose a line by a seed; gives its ids, without the end of the line.

        Raises: UsageError if no text of the models can be opened, or none of its lines
            fits.
        """
        key = models[0].encoder.hash
        with self._lock:
            if key not in self._lines:
                self._lines[key] = lines_of(held_out(models), models[0])
            lines = self._lines[key]
        if not lines:
            raise UsageError("the text has no line that can be guessed")
        return random.Random(seed).choice(lines)

    def turn(self, models: dict[str, Asked], asked: dict[str, Any]) -> dict[str, Any]:
        """Judge the last of the "guesses" of one token, and tell what is known by now.

        "counts" says how many guesses each token so far took the room, and "played"
        the same of earlier lines, by their seeds. The models, which share an encoder,
        guess the same tokens. Without a guess nothing is judged: `right` is None.
        """
        first = next(iter(models.values()))
        ids = self.line(list(models.values()), asked["seed"])
        counts, guesses = asked["counts"][: len(ids)], asked["guesses"]
        right = None
        if len(counts) < len(ids) and (guesses or asked["give_up"]):
            number = judged(first, ids, len(counts), guesses, asked["give_up"])
            right = number is not None
            counts = counts if number is None else [*counts, number]
        played = [*asked["played"], [asked["seed"], counts]]
        known = ids[: len(counts)]
        return {
            "text": "".join(first.encoder.continuation([], known)),
            "tokens": [first.vocabulary.token(i) for i in known],
            "length": len(ids),
            "level": first.vocabulary.level,
            "counts": counts,
            "right": right,
            "room": summary([n for _, found in played for n in found]),
            "models": {key: self._score(key, models, played) for key in models},
        }

    def _score(
        self, key: str, models: dict[str, Asked], played: list[Any]
    ) -> dict[str, Any]:
        """Let a model guess the tokens that the room has guessed."""
        guesses: list[int] = []
        bits: list[float | None] = []
        for seed, counts in played:
            found = self._guessed.get((key, seed))
            if found is None:
                found = machine(models[key], self.line(list(models.values()), seed))
                if len(self._guessed) >= KEPT:
                    self._guessed.clear()
                self._guessed[key, seed] = found
            guesses += found[0][: len(counts)]
            bits += found[1][: len(counts)]
        here = len(guesses) - len(played[-1][1])  # where the present line begins
        told = {"guesses": guesses[here:], "bits": bits[here:]}
        return {**told, **summary(guesses, bits)}


def held_out(models: Sequence[Asked]) -> Text:
    """Open the validation text of the first model whose corpus is there.

    Raises: UsageError if there is none.
    """
    for asked in models:
        options = asked.model.learnt_from.get("configuration", {})
        name = options.get("corpus", "")
        named = {k: options[k] for k in ("encoding", "split") if k in options}
        if name not in ("", "-"):
            with contextlib.suppress(KeraslmError, OSError):
                corpus = open_corpus(name, **named)
                return corpus.valid or corpus.test or corpus.train
    raise UsageError("the text that the models learnt from cannot be opened here")


def lines_of(text: Text, asked: Asked) -> list[list[int]]:
    """Give lines of a text all of whose tokens the model knows."""
    level = asked.vocabulary.level
    found = []
    for line in text.part(0, READ, text.name).lines():
        ids = asked.encoder.encode_prompt(line.strip())[: LONGEST[level]]
        known = asked.vocabulary.unknown_id not in ids
        if known and len(ids) >= SHORTEST[level]:
            found.append(ids)
        if len(found) == LINES:
            break
    return found


def judged(
    asked: Asked, ids: Sequence[int], at: int, guesses: Sequence[str], give_up: bool
) -> int | None:
    """Say at which guess the token was found; None if the last guess is wrong.

    The room guesses no token twice. If it gives up, the model guesses on: in the order
    of its probabilities, without what was guessed before.
    """
    vocabulary = asked.vocabulary
    wanted = vocabulary.token(ids[at])
    tried = list(dict.fromkeys(guesses))
    if wanted in tried:
        return tried.index(wanted) + 1
    if not give_up:
        return None
    p = distribution(asked.stream(list(ids[:at])))
    better = [] if p is None else np.flatnonzero(p > p[ids[at]]).tolist()
    left = {vocabulary.token(i) for i in better} - set(tried)
    return len(tried) + len(left) + 1


def machine(asked: Asked, ids: Sequence[int]) -> tuple[list[int], list[float | None]]:
    """Let a model guess a line: the number of guesses and the bits of each token.

    Shapes: -> (tokens,) and (tokens,); bits are None where the model excludes a token
    """
    stream = asked.stream([])
    guesses: list[int] = []
    costs: list[float | None] = []
    for token in ids:
        p = distribution(stream)
        own = 0.0 if p is None else float(p[token])
        guesses.append(1 if p is None else 1 + int(np.sum(p > own)))
        costs.append(float(measures.bits(-np.log(own))) if own > 0 else None)
        stream.push(token)
    return guesses, costs


def summary(
    guesses: Sequence[int], bits: Sequence[float | None] = ()
) -> dict[str, float | None]:
    """Sum up guesses: their mean, the share that was right at once, and the bits.

    `lower` and `upper` are Shannon's bounds, which mean little for few tokens: below 30
    there are none. `by_p` is the mean of a model's own bits, if all are finite.
    Units: bits a token
    """
    n = len(guesses)
    known = [b for b in bits if b is not None]
    return {
        "tokens": n,
        "mean": sum(guesses) / n if n else None,
        "at_once": list(guesses).count(1) / n if n else None,
        "by_p": sum(known) / n if n and len(known) == n else None,
        **(bounds(guesses) if n >= FEWEST else {"lower": None, "upper": None}),
    }


def bounds(guesses: Sequence[int]) -> dict[str, float | None]:
    """Bound the entropy by the numbers of guesses, the most frequent number first.

    Units: bits a token
    """
    counted = sorted(Counter(guesses).values(), reverse=True)
    q = np.array(counted) / len(guesses)
    i = np.arange(1, len(q) + 1)
    return {
        "lower": float(np.sum(i * (q - np.append(q[1:], 0)) * np.log2(i))),
        "upper": abs(float(np.sum(q * np.log2(q)))),
    }
