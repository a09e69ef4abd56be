"""The reviews: a language in which the order of words makes a review good or bad.

Its lines are drawn from the grammar in `reviews.grammar`: negation, intensifiers, "but"
and "although". `bounds` says how many reviews a bag of words can tell apart, which sees
the words and not their order, and how many are told by the whole review: all.

The text has a header and two columns with a tab between them: text and label.

References: Pang, Lee & Vaithyanathan (2002), bags of words on reviews.
"""

import functools
from collections.abc import Iterator
from importlib import resources

from keraslm_datasets import drawing
from keraslm_datasets.drawing import SIZES
from keraslm_datasets.grammar import Grammar
from keraslm_datasets.grammar_reader import read_grammar
from keraslm_datasets.grammar_sampler import Sampler
from keraslm_datasets.label_bounds import LabelBounds, label_bounds

__all__ = ["SIZES", "bounds", "grammar", "labelled", "text"]

HEADER = "text\tlabel\n"


@functools.cache
def grammar() -> Grammar:
    """The grammar of the reviews, as its file of rules says it."""
    file = resources.files(__package__) / "reviews.grammar"
    return read_grammar(file.read_text(encoding="utf-8"))


@functools.cache
def bounds() -> LabelBounds:
    """The best accuracies of classification, computed from the grammar."""
    return label_bounds(grammar())


@functools.cache
def _sampler() -> Sampler:
    return Sampler(grammar())


def labelled(
    split: str = "train", tokens: str | int = "medium", seed: int = 0
) -> Iterator[tuple[str, str]]:
    """Draw reviews, each with its label, "good" or "bad".

    The same arguments always give the same reviews, and a shorter text is the beginning
    of a longer one. Splits never share a random stream.

    Raises: UsageError for a split, a size or a seed that does not exist.
    """
    for line in drawing.lines(_sampler(), split, tokens, seed):
        label, _, review = line.partition(" ")
        yield review, label


def text(split: str = "train", tokens: str | int = "medium", seed: int = 0) -> str:
    """The reviews of `labelled`, one a line below a header, a tab before the label."""
    return HEADER + drawing.two_columns(labelled(split, tokens, seed))
