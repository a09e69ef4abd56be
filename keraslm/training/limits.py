"""What each option of a run may be."""

import math
from typing import Any

from keraslm.cells import registry
from keraslm.cells.gates import ACTIVATIONS
from keraslm.errors import UsageError
from keraslm.unicode import is_unicode

LEVELS = ("char", "word")
MODELS = ("ngram", "bigram", "trigram", "neural-ngram", "maxent", "rnn", "gru", "lstm")
RECURRENT = ("rnn", "gru", "lstm")
OPTIMIZERS = ("sgd", "momentum", "rmsprop", "adam", "adamw")
SMOOTHINGS = (
    "mle",
    "additive",
    "stupid-backoff",
    "katz",
    "jelinek-mercer",
    "witten-bell",
    "absolute-discounting",
    "kneser-ney",
    "modified-kneser-ney",
)
SCHEDULES = ("constant", "cosine", "linear", "decay", "plateau")
SOFTMAXES = ("full", "adaptive", "classes", "sampled")
STATES = ("carried", "reset")
PRECISIONS = ("float32", "bfloat16")
LARGEST = 2**31 - 1  # of a size or a count of steps
LEAST_BITS, MOST_BITS = 4, 28  # of hashed features
LARGEST_SEED = 2**32 - 1  # NumPy's

_CHOICES = {
    "level": LEVELS,
    "model": MODELS,
    "smoothing": SMOOTHINGS,
    "optimizer": OPTIMIZERS,
    "schedule": SCHEDULES,
    "state": STATES,
    "precision": PRECISIONS,
    "softmax": SOFTMAXES,
    "input": ("one-hot", "bag-of-words", "embedding"),
    "activation": ACTIVATIONS,
}
_TEXTS = (
    "corpus",
    "out",
    "encoding",
    "split",
    "hidden",
    "embeddings",
    "features",
    "prune",
    "init_from",
    "classes",
)
_SWITCHES = (
    "tokenize",
    "freeze",
    "skip_bad_lines",
    "tied",
    "residual",
    "vary_time",
    "tensorboard",
    "dry_run",
)
_LEAST = {
    "vocabulary_size": 3,
    "min_count": 1,
    "order": 1,
    "direct_order": 2,
    "skip": 0,
    "context": 1,
    "embedding": 1,
    "layers": 1,
    "units": 1,
    "samples": 1,
    "warmup": 0,
    "decay_after": 0,
    "average_steps": 1,
    "average_after": 1,
    "patience": 1,
    "keep_last": 0,
    "batch_size": 1,
    "time": 1,
    "epochs": 1,
    "steps": 1,
    "seed": 0,
    "log_steps": 1,
    "valid_steps": 1,
    "sample_steps": 1,
    "checkpoint_steps": 1,
}
_MOST = {"order": 200, "direct_order": 1000, "skip": 1000, "seed": LARGEST_SEED}
_RULES = {
    "delta": "0 or more",
    "dropout": "at least 0 and below 1",
    "embedding_dropout": "at least 0 and below 1",
    "weight_drop": "at least 0 and below 1",
    "learning_rate": "above 0",
    "feature_rate": "above 0",
    "plateau_factor": "above 0 and below 1",
    "decay": "above 0 and below 1",
    "weight_decay": "0 or more",
    "l1": "0 or more",
    "l2": "0 or more",
    "clip_norm": "0 or more",
    "clip_value": "above 0",
    "minutes": "above 0",
    "checkpoint_minutes": "above 0",
}
_HOLDS = {
    "0 or more": lambda x: 0 <= x < math.inf,
    "above 0": lambda x: 0 < x < math.inf,
    "at least 0 and below 1": lambda x: 0 <= x < 1,
    "above 0 and below 1": lambda x: 0 < x < 1,
}


def check(name: str, value: Any) -> None:
    """Check the value of one option.

    Raises: UsageError naming the option, what it must be and what was received.
    """
    if name == "model" and value in registry.names():
        return  # a cell of the user's own too
    if name in _CHOICES:
        _check_choice(name, value)
    elif name in _LEAST:
        _check_whole(name, value)
    elif name in _RULES:
        rule = _RULES[name]
        if type(value) not in (int, float) or not _HOLDS[rule](value):
            raise UsageError(f"`{name}` must be {rule}; received {value!r}")
    elif name in _SWITCHES and not isinstance(value, bool):
        raise UsageError(f"`{name}` must be true or false; received {value!r}")
    elif name in _TEXTS and not (value and _is_plain_text(value)):
        raise UsageError(
            f"`{name}` must be Unicode text, not empty; received {value!r}"
        )
    if name == "hidden":
        parse_hidden(value)
    if name == "prune":
        parse_prune(value)
    if name == "features":
        parse_features(value)


def parse_hidden(text: str) -> tuple[int, ...]:
    """Read "200,100" as two hidden layers and "none" as no hidden layer.

    Raises: UsageError for anything else.
    """
    if text.strip().lower() == "none":
        return ()
    try:
        sizes = tuple(int(part) for part in text.split(","))
    except ValueError:
        sizes = (0,)
    if not all(1 <= size <= LARGEST for size in sizes):
        raise UsageError(
            "`hidden` must be sizes such as 200,100 (each 1 or more), or none; "
            f"received {text!r}"
        )
    return sizes


def parse_prune(text: str) -> tuple[int, ...]:
    """Read "0,0,1" as: leave out what occurs once, of order 3 and above.

    Raises: UsageError for anything else; for a first limit above 0, for words are
        left out by --min-count; for limits that fall, for the history of an n-gram
        that is kept must be kept too.
    """
    parts = text.split(",")
    is_whole = all(part.strip().isdecimal() for part in parts)
    limits = tuple(int(part) for part in parts) if is_whole else (1,)
    if limits[0] or list(limits) != sorted(limits):
        raise UsageError(
            "`prune` must be one limit an order that never falls, 0 for order 1, such "
            f"as 0,0,1 (words are left out by `min_count`); received {text!r}"
        )
    return limits


def parse_features(text: str) -> int:
    """Read "hashed:22" as: features are hashed into 2^22 weights.

    Raises: UsageError for anything else.
    """
    kind, _, bits = text.partition(":")
    if kind != "hashed" or bits not in map(str, range(LEAST_BITS, MOST_BITS + 1)):
        raise UsageError(
            f"`features` must be hashed:{LEAST_BITS} to hashed:{MOST_BITS}, such as "
            f"hashed:22 for 2^22 weights; received {text!r}"
        )
    return int(bits)


def _check_choice(name: str, value: Any) -> None:
    if value not in _CHOICES[name]:
        listed = ", ".join(_CHOICES[name])
        raise UsageError(f"`{name}` must be one of {listed}; received {value!r}")


def _check_whole(name: str, value: Any) -> None:
    least = _LEAST[name]
    largest = _MOST.get(name, LARGEST)
    if type(value) is not int or value < least:
        raise UsageError(
            f"`{name}` must be a whole number, {least} or more; received {value!r}"
        )
    if value > largest:
        raise UsageError(f"`{name}` must be {largest} or less; received {value!r}")


def _is_plain_text(value: Any) -> bool:
    """Say whether TOML and the names of files can hold it."""
    return isinstance(value, str) and "\0" not in value and is_unicode(value)
