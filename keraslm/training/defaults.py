"""Good defaults for each model and level."""

import dataclasses
from typing import Any

from keraslm.counts.additive import CANNOT_BE_PRUNED
from keraslm.errors import UsageError
from keraslm.training.configuration import RECURRENT, Configuration
from keraslm.training.precision import usual_precision

WINDOWS = ("bigram", "trigram", "neural-ngram")
LONG = 10.0  # minutes of a run that reads most texts of characters many times
WORDS_KEPT = 10_000  # neural models predict this many words if no limit is given

_WINDOW: dict[str, Any] = {
    "input": "embedding",
    "hidden": "128",
    "embedding": 64,
    "dropout": 0.0,
    "optimizer": "adam",
    "learning_rate": 2e-3,
    "batch_size": 64,
    "time": 32,
    "epochs": 5,
}
_DEFAULTS: dict[str, dict[str, Any]] = {
    "ngram": {"order": 3, "smoothing": "modified-kneser-ney"},
    "bigram": {**_WINDOW, "context": 1, "hidden": "none"},
    "trigram": {**_WINDOW, "context": 2},
    "neural-ngram": {**_WINDOW, "context": 4},
    "maxent": {
        "order": 3,
        "skip": 1,
        "features": "hashed:22",
        "optimizer": "adam",
        "learning_rate": 5e-2,
        "feature_rate": 20.0,
        "batch_size": 32,
        "time": 32,
        "epochs": 3,
    },
    "recurrent char": {
        "embedding": 64,
        "layers": 1,
        "units": 256,
        "dropout": 0.0,
        "optimizer": "adamw",
        "learning_rate": 1e-2,
        "weight_decay": 0.05,
        "batch_size": 32,
        "time": 32,
        "epochs": 10,
    },
    "recurrent word": {
        "embedding": 128,
        "layers": 1,
        "units": 200,
        "dropout": 0.1,
        "optimizer": "adam",
        "learning_rate": 4e-3,
        "batch_size": 32,
        "time": 32,
        "epochs": 10,
    },
}
_LONG_CHAR: dict[str, Any] = {
    "units": 448,
    "learning_rate": 6e-3,
    "weight_decay": 0.1,
    "time": 64,
}
_ONLY_FOR = {
    "order": ("ngram", "maxent"),
    "smoothing": ("ngram",),
    "prune": ("ngram",),
    "delta": ("ngram",),
    "direct_order": RECURRENT,
    "skip": ("maxent", *RECURRENT),
    "features": ("maxent", *RECURRENT),
    "feature_rate": ("maxent", *RECURRENT),
    "l1": ("maxent", *RECURRENT),
    "l2": ("maxent", *RECURRENT),
    "context": WINDOWS,
    "input": WINDOWS,
    "hidden": WINDOWS,
    "embedding": (*WINDOWS, *RECURRENT),
    "embeddings": (*WINDOWS, *RECURRENT),
    "freeze": (*WINDOWS, *RECURRENT),
    "skip_bad_lines": (*WINDOWS, *RECURRENT),
    "dropout": (*WINDOWS, *RECURRENT),
    "layers": RECURRENT,
    "units": RECURRENT,
    "tied": RECURRENT,
    "residual": RECURRENT,
    "embedding_dropout": RECURRENT,
    "weight_drop": RECURRENT,
    "activation": ("rnn",),
    "precision": (*WINDOWS, *RECURRENT),
}
OWN_VECTORS = ("adaptive", "classes")  # softmaxes with other weights than the full
UNSET = Configuration()


def resolve(c: Configuration) -> Configuration:
    """Fill what was left open with the default for this model and level.

    Raises: UsageError if an option was given that this model does not have.
    """
    _refuse_foreign_options(c)
    _refuse_contradictions(c)
    _refuse_embeddings(c)
    recurrent = c.family in RECURRENT
    defaults = dict(_DEFAULTS[f"recurrent {c.level}" if recurrent else c.model])
    if recurrent and c.level == "char" and (c.minutes or 0.0) >= LONG:
        defaults |= _LONG_CHAR
    if c.dry_run:
        c = dataclasses.replace(c, steps=2)
    if c.steps is not None or c.minutes is not None:
        defaults.pop("epochs", None)
    if c.level == "word" and c.model != "ngram":
        defaults["vocabulary_size"] = WORDS_KEPT
    if c.delta is not None:
        defaults["smoothing"] = "additive"
    if c.model == "bigram" and not _asks_for_embedding(c):
        defaults["input"] = "one-hot"
    if (c.input or defaults.get("input")) in ("one-hot", "bag-of-words"):
        defaults.pop("embedding", None)
    if c.model == "maxent" and c.level == "char":
        defaults |= {"order": 5, "skip": 0}
    if c.direct_order is not None:
        defaults |= {"skip": 0, "features": "hashed:22"}
        defaults["feature_rate"] = 100.0 if c.level == "char" else 250.0
    if c.model == "rnn":
        defaults["learning_rate"] = 2e-3
    if (c.hidden or defaults.get("hidden")) == "none":
        defaults["learning_rate"] = 0.03  # its loss is convex and takes long steps
    if c.model != "ngram":
        defaults = _with_the_optimizers(c, defaults)
    if c.family in _ONLY_FOR["precision"]:
        defaults["precision"] = usual_precision()
    if c.softmax == "sampled":
        defaults["samples"] = 1024
    open_names = [name for name in defaults if getattr(c, name) is None]
    return dataclasses.replace(c, **{name: defaults[name] for name in open_names})


def _with_the_optimizers(c: Configuration, defaults: dict[str, Any]) -> dict[str, Any]:
    """Give the defaults with those that depend on the optimizer.

    Raises: UsageError if the optimizer has no such option.
    """
    optimizer = c.optimizer or defaults["optimizer"]
    if optimizer in ("sgd", "momentum"):
        defaults["learning_rate"] = 1.0 if optimizer == "sgd" else 0.1
        defaults |= {"feature_rate": 1.0} if "feature_rate" in defaults else {}
    if c.clip_value is None:
        defaults["clip_norm"] = 1.0
    decay = defaults.pop("weight_decay", 0.01)
    if optimizer == "adamw":
        return {**defaults, "weight_decay": decay}
    if c.weight_decay is not None:
        raise UsageError(
            f"`weight_decay` is an option of adamw; received it for {optimizer}: "
            "give `optimizer='adamw'`"
        )
    return defaults


def _asks_for_embedding(c: Configuration) -> bool:
    """Say whether an option was given that only an embedding has."""
    return c.input == "embedding" or bool(c.embedding or c.embeddings or c.freeze)


def _refuse_foreign_options(c: Configuration) -> None:
    """Refuse what another model has."""
    for name, models in _ONLY_FOR.items():
        given = getattr(c, name)
        if given not in (None, getattr(UNSET, name)) and c.family not in models:
            raise UsageError(
                f"`{name}` is an option of {', '.join(models)}; "
                f"received it for {c.model}"
            )
    fixed = _DEFAULTS[c.model]["context"] if c.model in ("bigram", "trigram") else None
    if fixed is not None and c.context not in (None, fixed):
        raise UsageError(
            f"the context of a {c.model} is {fixed}; received {c.context}: "
            "give `model='neural-ngram'` for another"
        )
    predicting = ("maxent", *RECURRENT) if c.softmax == "classes" else RECURRENT
    if c.softmax != "full" and c.family not in predicting:
        raise UsageError(
            f"softmax {c.softmax} is for {', '.join(predicting)}; received it for "
            f"{c.model}"
        )
    if c.state != "carried" and c.family not in RECURRENT:
        raise UsageError(f"{c.model} has no state to {c.state}")


def _refuse_contradictions(c: Configuration) -> None:
    """Refuse options that do not go together."""
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
    if c.input in ("one-hot", "bag-of-words") and c.embedding is not None:
        raise UsageError(
            f"`embedding` is a size for `input='embedding'`; received it with {c.input}"
        )
    if c.clip_norm and c.clip_value:
        raise UsageError(
            "a gradient is clipped by its norm or by its values; received both "
            f"`clip_norm={c.clip_norm}` and `clip_value={c.clip_value}`"
        )
    additive = c.smoothing == "additive" or c.delta is not None
    if additive and any(c.limits_of_pruning):
        raise UsageError(CANNOT_BE_PRUNED)
    if c.delta is not None and c.smoothing not in (None, "additive"):
        raise UsageError(
            "`delta` is an option of additive smoothing; "
            f"received it with {c.smoothing}"
        )
    if c.tokenize and c.level != "word":
        raise UsageError("`tokenize` splits words; it needs `level='word'`")


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
    if c.input in ("one-hot", "bag-of-words"):
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
        given = getattr(c, name)
        if given not in (None, getattr(UNSET, name)) and not has_features:
            raise UsageError(
                f"`{name}` is an option of features of the history; give a "
                f"`direct_order` of 2 or more; received `{name}={given}` alone"
            )
    if c.direct_order is not None and c.softmax in ("sampled", "adaptive"):
        raise UsageError(
            f"the {c.softmax} softmax scores words by the recurrent layer alone; leave "
            "out `direct_order`, or give `softmax='full'` or "
            "`softmax='classes'`"
        )
