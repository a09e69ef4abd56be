"""What options do not go together."""

from keraslm.errors import UsageError
from keraslm.training.options.configuration import (
    OPTIONS,
    UNSET,
    WITHOUT_VECTORS,
    Configuration,
)
from keraslm.training.options.models import FEATURED, RECURRENT

OWN_VECTORS = ("adaptive", "classes")  # softmaxes with other weights than the full


def refuse_foreign_options(c: Configuration) -> None:
    """Refuse what another model has.

    Raises: UsageError naming the option and the models that have it.
    """
    predicting = FEATURED if c.softmax == "classes" else RECURRENT
    if c.softmax != "full" and c.family not in predicting:
        raise UsageError(
            f"softmax {c.softmax} is for {', '.join(predicting)}; received it for "
            f"{c.model}"
        )
    if c.state != "carried" and c.family not in RECURRENT:
        raise UsageError(f"{c.model} has no state to {c.state}")
    for name, option in OPTIONS.items():
        models = option.models
        if models and _is_given(c, name) and c.family not in models:
            raise UsageError(
                f"`{name}` is an option of {', '.join(models)}; "
                f"received it for {c.model}"
            )


def refuse_other_contexts(c: Configuration, usual: int) -> None:
    """Refuse a context that a bigram or a trigram has not.

    Raises: UsageError
    """
    if c.model in ("bigram", "trigram") and c.context not in (None, usual):
        raise UsageError(
            f"the context of a {c.model} is {usual}; received {c.context}: "
            "give `model='neural-ngram'` for another"
        )


def refuse_weight_decay(c: Configuration) -> None:
    """Refuse a decay of weights that the optimizer of a network does not have.

    Raises: UsageError
    """
    decays = c.weight_decay is not None and c.model != "ngram"
    if decays and c.optimizer != "adamw":
        raise UsageError(
            f"`weight_decay` is an option of adamw; received it for {c.optimizer}: "
            "give `optimizer='adamw'`"
        )


def _is_given(c: Configuration, name: str) -> bool:
    return getattr(c, name) not in (None, getattr(UNSET, name))


def refuse_contradictions(c: Configuration) -> None:
    """Refuse options that do not go together.

    Raises: UsageError naming both, and which to leave out.
    """
    if c.samples is not None and c.softmax != "sampled":
        raise UsageError(
            "`samples` is an option of the sampled softmax; give `softmax='sampled'`"
        )
    if c.classes is not None and c.softmax != "classes":
        raise UsageError(
            "`classes` is an option of the class softmax; give `softmax='classes'`"
        )
    if c.tied and c.softmax in OWN_VECTORS:
        raise UsageError(
            "tied weights predict with the embedding's vectors; a softmax "
            f"{c.softmax} has vectors of its own: leave one of the two out"
        )
    _refuse_features(c)
    _refuse_embeddings(c)
    if c.input in WITHOUT_VECTORS and c.embedding is not None:
        raise UsageError(
            f"`embedding` is a size for `input='embedding'`; received it with {c.input}"
        )
    if c.clip_norm and c.clip_value:
        raise UsageError(
            "a gradient is clipped by its norm or by its values; received both "
            f"`clip_norm={c.clip_norm}` and `clip_value={c.clip_value}`"
        )
    _refuse_additive(c)
    if c.tokenize and c.level != "word":
        raise UsageError("`tokenize` splits words; it needs `level='word'`")


def _refuse_additive(c: Configuration) -> None:
    """Refuse what additive smoothing cannot do, and its delta for another."""
    from keraslm.counts.additive import CANNOT_BE_PRUNED

    additive = c.smoothing == "additive" or c.delta is not None
    if additive and any(c.limits_of_pruning):
        raise UsageError(CANNOT_BE_PRUNED)
    if c.delta is not None and c.smoothing not in (None, "additive"):
        raise UsageError(
            "`delta` is an option of additive smoothing; "
            f"received it with {c.smoothing}"
        )


def _refuse_embeddings(c: Configuration) -> None:
    """Refuse what does not go together with pretrained vectors, or needs them."""
    if c.freeze and c.tied:
        raise UsageError(
            "tied weights predict with the vectors, and frozen ones could learn no "
            "word's score: leave out `freeze` or `tied`"
        )
    if c.embeddings is None:
        if c.skip_bad_lines or (c.freeze and c.init_from is None):
            name = "freeze" if c.freeze else "skip_bad_lines"
            raise UsageError(f"`{name}` is an option of `embeddings`; give a file")
        return
    if c.level == "char":
        raise UsageError("`embeddings` are vectors of words; they need `level='word'`")
    if c.input in WITHOUT_VECTORS:
        raise UsageError(
            f"`embeddings` are for `input='embedding'`; received them with {c.input}"
        )
    if c.init_from is not None:
        raise UsageError(
            "a model that is continued brings its own vectors; leave out `embeddings` "
            "or `init_from`"
        )


def _refuse_features(c: Configuration) -> None:
    """Refuse features of the history where there are none, or none that count."""
    if c.model == "maxent" and c.order == 1:
        raise UsageError("the order of maxent must be 2 or more; received 1")
    has_features = c.model == "maxent" or c.direct_order is not None
    for name in ("skip", "features", "feature_rate", "l1", "l2"):
        if _is_given(c, name) and not has_features:
            raise UsageError(
                f"`{name}` is an option of features of the history; give a "
                "`direct_order` of 2 or more; received "
                f"`{name}={getattr(c, name)}` alone"
            )
    if c.direct_order is not None and c.softmax in ("sampled", "adaptive"):
        raise UsageError(
            f"the {c.softmax} softmax scores words by the recurrent layer alone; leave "
            "out `direct_order`, or give `softmax='full'` or "
            "`softmax='classes'`"
        )
