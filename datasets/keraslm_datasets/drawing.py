"""What all that is drawn here shares: sizes, splits, seeds, two columns."""

import itertools
from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from keraslm.errors import UsageError
from keraslm_datasets.grammar_sampler import Sampler

SIZES = {"small": 20_000, "medium": 200_000, "large": 2_000_000}  # tokens
SPLITS = ("train", "valid", "test")
_BATCH = 2_000  # lines drawn at once; another number would give another text


def lines(sampler: Sampler, split: str, tokens: str | int, seed: int) -> Iterator[str]:
    """Draw lines up to the first line end at or after `tokens` tokens.

    A line end counts as a token.
    Raises: UsageError for a split, a size or a seed that does not exist.
    """
    wanted = number(tokens, SIZES, "tokens")
    return _lines(sentences(sampler, split, seed), wanted)


def _lines(drawn: Iterator[str], wanted: int) -> Iterator[str]:
    tokens = 0
    for line in drawn:
        yield line
        tokens += line.count(" ") + 2  # one more word than spaces, and the line end
        if tokens >= wanted:
            return


def sentences(sampler: Sampler, split: str, seed: int) -> Iterator[str]:
    """Draw sentences without end.

    Raises: UsageError for a split or a seed that does not exist.
    """
    rng = generator(split, seed)
    batches = (sampler.sentences(_BATCH, rng) for _ in itertools.count())
    return itertools.chain.from_iterable(batches)


def two_columns(pairs: Iterable[tuple[str, str]]) -> str:
    """Write pairs, one a line, a tab between the two."""
    return "".join(f"{first}\t{second}\n" for first, second in pairs)


def number(size: str | int, sizes: Mapping[str, int], unit: str) -> int:
    """Give the number that a size stands for.

    Raises: UsageError for a size that does not exist.
    """
    wanted = sizes.get(size) if isinstance(size, str) else size
    if wanted is None or isinstance(wanted, bool) or wanted < 1:
        raise UsageError(
            f"a size is {', '.join(sizes)} or a number of {unit} from 1 on; "
            f"received {size!r}"
        )
    return wanted


def generator(split: str, seed: int) -> np.random.Generator:
    """A stream of random numbers for each split and seed (PCG64, the same for ever).

    Raises: UsageError for a split or a seed that does not exist.
    """
    check_split(split)
    if seed < 0:
        raise UsageError(f"a seed is a whole number from 0 on; received {seed!r}")
    sequence = np.random.SeedSequence(seed, spawn_key=(SPLITS.index(split),))
    return np.random.Generator(np.random.PCG64(sequence))


def check_split(split: str) -> None:
    """Refuse a split that does not exist.

    Raises: UsageError
    """
    if split not in SPLITS:
        raise UsageError(f"a split is one of {', '.join(SPLITS)}; received {split!r}")
