"""Several texts written at once: one step of all of them costs little more than one."""

import abc
from collections.abc import Sequence

import numpy as np

from keraslm.sampling.sampler import Sampler


class TokenStreams(abc.ABC):
    """The states of several texts that are written side by side."""

    logits: np.ndarray
    """Scores of the next token of each text; shape (texts, vocabulary)."""

    @abc.abstractmethod
    def push(self, token_ids: np.ndarray) -> None:
        """Append one token to each text.

        Shapes: (texts,)
        """

    def write(self, points: np.ndarray, sampler: Sampler, forbidden: int) -> np.ndarray:
        """Draw tokens, each appended before the next, at random points in [0, 1).

        Shapes: (texts, length) -> (texts, length)
        """
        written = np.empty(points.shape, np.int64)
        for number, point in enumerate(points.T):
            written[:, number] = self.draw(point, sampler, forbidden)
            self.push(written[:, number])
        return written

    def draw(self, points: np.ndarray, sampler: Sampler, forbidden: int) -> np.ndarray:
        """Draw the next token of each text; shapes: (texts,) -> (texts,)."""
        logits = self.logits.astype(np.float64)
        logits[:, forbidden] = -np.inf
        return sampler.draw_rows(logits, points)


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
    return streams.write(points, sampler, forbidden)
