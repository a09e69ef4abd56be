"""The softmax of a run, made of the training text's counts."""

from typing import Any

from keraslm.models.softmaxes import adaptive, of_classes, shares_of
from keraslm.text.vocabulary import Vocabulary
from keraslm.training.options import Configuration
from keraslm.training.reporter import Reporter


def new_softmax(c: Configuration, vocabulary: Vocabulary, reporter: Reporter) -> Any:
    """Build the adaptive or the class softmax of a run; None is the full softmax.

    Raises: UsageError if the classes cannot be had.
    """
    if c.softmax == "adaptive":
        return _adaptive(c, vocabulary, reporter)
    if c.softmax == "classes":
        return _classes(c, vocabulary, reporter)
    return None


def _adaptive(c: Configuration, vocabulary: Vocabulary, reporter: Reporter) -> Any:
    softmax = adaptive(vocabulary)
    head = shares_of(vocabulary.counts, list(softmax.cutoffs))[0]
    sizes = " and ".join(f"{size:,}" for size in softmax.sizes)
    widths = " and ".join(map(str, softmax.output_side.widths(c.units or 0)))
    reporter.note(
        f"adaptive softmax: {softmax.cutoffs[0]:,} words in the head ({head:.1%} of "
        f"the tokens), then {sizes} at width {widths}"
    )
    return softmax


def _classes(c: Configuration, vocabulary: Vocabulary, reporter: Reporter) -> Any:
    softmax = of_classes(vocabulary, c.classes)
    reporter.note(
        f"class softmax: {softmax.number:,} classes of at most {softmax.largest:,} "
        "words"
    )
    return softmax
