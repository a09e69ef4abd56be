"""What options do not go together: each a condition and a sentence."""

from collections.abc import Iterator
from typing import Any

from keraslm.errors import UsageError
from keraslm.training.options.configuration import (
    ADAMS,
    OPTIONS,
    WITHOUT_VECTORS,
    Configuration,
)
from keraslm.training.options.models import FEATURED, RECURRENT, STATEFUL

OWN_VECTORS = ("adaptive", "classes")  # softmaxes with other weights than the full
OF_OPTIMIZERS = {"weight_decay": ("adamw",), "beta_1": ADAMS}


def refuse_contradictions(c: Configuration, usual_context: Any) -> None:
    """Refuse what the model does not have, and what does not go together.

    Raises: UsageError naming the option, and which to leave out or to give.
    """
    for complaints in (_foreign(c, usual_context), _contradictory(c), _embeddings(c)):
        for complaint in complaints:
            raise UsageError(complaint)


def refuse_other_optimizers(c: Configuration) -> None:
    """Refuse what the optimizer of a network does not have.

    Raises: UsageError
    """
    for name, optimizers in OF_OPTIMIZERS.items():
        is_given = getattr(c, name) is not None and c.model != "ngram"
        if is_given and c.optimizer not in optimizers:
            raise UsageError(
                f"`{name}` is an option of {' and '.join(optimizers)}; received it "
                f"for {c.optimizer}: give `optimizer='{optimizers[-1]}'`"
            )


def _foreign(c: Configuration, usual_context: Any) -> Iterator[str]:
    """Complain of what another model has."""
    predicting = FEATURED if c.softmax == "classes" else RECURRENT
    if c.softmax != "full" and c.family not in predicting:
        models = ", ".join(predicting)
        yield f"softmax {c.softmax} is for {models}; received it for {c.model}"
    if c.state != "carried" and c.family not in STATEFUL:
        yield f"{c.model} has no state to {c.state}"
    for name, option in OPTIONS.items():
        is_foreign = option.group.is_strict and c.family not in option.suits
        if is_foreign and c.is_given(name):
            models = ", ".join(option.suits)
            yield f"`{name}` is an option of {models}; received it for {c.model}"
    if c.model in ("bigram", "trigram") and c.context not in (None, usual_context):
        yield (
            f"the context of a {c.model} is {usual_context}; received {c.context}: "
            "give `model='neural-ngram'` for another"
        )


def _contradictory(c: Configuration) -> Iterator[str]:
    """Complain of options that do not go together."""
    from keraslm.counts.additive import CANNOT_BE_PRUNED, CANNOT_BE_QUANTIZED

    if c.samples is not None and c.softmax != "sampled":
        yield "`samples` is an option of the sampled softmax; give `softmax='sampled'`"
    if c.classes is not None and c.softmax != "classes":
        yield "`classes` is an option of the class softmax; give `softmax='classes'`"
    if c.tied and c.softmax in OWN_VECTORS:
        yield (
            "tied weights predict with the embedding's vectors; a softmax "
            f"{c.softmax} has vectors of its own: leave one of the two out"
        )
    yield from _features(c)
    yield from _ngrams(c)
    if c.input in WITHOUT_VECTORS and c.embedding is not None:
        yield (
            f"`embedding` is a size for `input='embedding'`; received it with {c.input}"
        )
    if c.clip_norm and c.clip_value:
        yield (
            "a gradient is clipped by its norm or by its values; received both "
            f"`clip_norm={c.clip_norm}` and `clip_value={c.clip_value}`"
        )
    is_additive = c.smoothing == "additive" or c.delta is not None
    if is_additive and any(c.limits_of_pruning):
        yield CANNOT_BE_PRUNED
    if is_additive and c.quantize is not None:
        yield CANNOT_BE_QUANTIZED
    if c.delta is not None and c.smoothing not in (None, "additive"):
        name = "`delta` is an option of additive smoothing"
        yield f"{name}; received it with {c.smoothing}"
    if c.tokenize and c.level != "word":
        yield "`tokenize` splits words; it needs `level='word'`"


def _features(c: Configuration) -> Iterator[str]:
    """Complain of features of the history where there are none, or none that count."""
    if c.model == "maxent" and c.order == 1:
        yield "the order of maxent must be 2 or more; received 1"
    has_features = c.model == "maxent" or c.direct_order is not None
    for name in ("skip", "features", "feature_rate", "l1", "l2"):
        if c.is_given(name) and not has_features:
            yield (
                f"`{name}` is an option of features of the history; give a "
                "`direct_order` of 2 or more; received "
                f"`{name}={getattr(c, name)}` alone"
            )
    if c.direct_order is not None and c.softmax in ("sampled", "adaptive"):
        yield (
            f"the {c.softmax} softmax scores words by the recurrent layer alone; leave "
            "out `direct_order`, or give `softmax='full'` or `softmax='classes'`"
        )


def _ngrams(c: Configuration) -> Iterator[str]:
    """Complain of a table of n-grams where there are none."""
    for name in ("input_bits", "input_dropout"):
        if c.is_given(name) and c.input_order is None:
            yield (
                f"`{name}` is of the n-grams of the input; give an `input_order` of 2 "
                f"or more; received `{name}={getattr(c, name)}` alone"
            )


def _embeddings(c: Configuration) -> Iterator[str]:
    """Complain of what does not go together with pretrained vectors, or needs them."""
    if c.freeze and c.tied:
        yield (
            "tied weights predict with the vectors, and frozen ones could learn no "
            "word's score: leave out `freeze` or `tied`"
        )
    if c.embeddings is None:
        if c.skip_bad_lines or (c.freeze and c.init_from is None):
            name = "freeze" if c.freeze else "skip_bad_lines"
            yield f"`{name}` is an option of `embeddings`; give a file"
        return
    if c.level == "char":
        yield "`embeddings` are vectors of words; they need `level='word'`"
    if c.input in WITHOUT_VECTORS:
        yield f"`embeddings` are for `input='embedding'`; received them with {c.input}"
    if c.init_from is not None:
        yield (
            "a model that is continued brings its own vectors; leave out `embeddings` "
            "or `init_from`"
        )
