"""Several texts written at once: one step of all of them costs little more than one."""

import abc
from collections.abc import Sequence

import numpy as np

from keraslm.generation.sampling import Sampler


class TokenStreams(abc.ABC):
    """The states of several texts that are written side by side."""

    logits: np.ndarray
    """Scores of the next token of each text; shape (texts, vocabulary)."""

    @abc.abstractmethod
    def push(self, token_ids: np.ndarray) -> None:
        """Append one token to each text.

        Shapes: (texts,)
        """


def generate_together(
    streams: TokenStreams,
    prompt: Sequence[int],
    sampler: Sampler,
    seeds: Sequence[int],
    length: int,
    forbidden: int,
) -> np.ndarray:
    """Write `length` tokens after the prompt for each seed.

    Each text is what its seed gives alone, up to the rounding of the logits.
    Shapes: -> (seeds, length)
    """
    for token_id in prompt:
        streams.push(np.full(len(seeds), token_id))
    points = np.array([np.random.default_rng(seed).random(length) for seed in seeds])
    written = np.empty((len(seeds), length), np.int64)
    for number in range(length):
        logits = streams.logits.astype(np.float64)
        logits[:, forbidden] = -np.inf
        written[:, number] = sampler.draw_rows(logits, points[:, number])
        streams.push(written[:, number])
    return written
