"""The loop of generation: sample, feed back, sample again."""

from collections.abc import Iterable, Iterator

from keraslm.sampling.sampler import Sampler
from keraslm.sampling.stream import TokenStream


def generate_ids(
    stream: TokenStream,
    prompt: Iterable[int],
    sampler: Sampler,
    length: int,
    forbidden: int,
) -> Iterator[int]:
    """Yield `length` tokens that follow the prompt, each as soon as it is drawn."""
    stream.extend(prompt)
    for _ in range(length):
        token = stream.draw(sampler, forbidden)
        yield token
        stream.push(token)
