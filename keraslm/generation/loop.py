"""The loop of generation: sample, feed back, sample again."""

from collections.abc import Iterable, Iterator

import numpy as np

from keraslm.generation.sampling import Sampler
from keraslm.generation.stream import TokenStream


def generate_ids(
    stream: TokenStream,
    prompt: Iterable[int],
    sampler: Sampler,
    length: int,
    forbidden: int,
) -> Iterator[int]:
    """Yield `length` tokens that follow the prompt, each as soon as it is drawn.

    `forbidden` is a token that is never written; the others share its probability,
    equally where they have none of their own.
    """
    stream.extend(prompt)
    for _ in range(length):
        log_probabilities = stream.next_log_probabilities()
        log_probabilities[forbidden] = -np.inf
        if log_probabilities.max() == -np.inf:  # only the forbidden was possible
            log_probabilities[:] = 0
            log_probabilities[forbidden] = -np.inf
        token = sampler.draw(log_probabilities)
        yield token
        stream.push(token)
