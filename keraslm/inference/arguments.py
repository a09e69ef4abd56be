"""What may stand in the configuration of a network's file: these tables, nothing else.

Keras would build whatever object a configuration names. Here a name is looked up in a
table, and every value is checked before it is used; nothing is imported by its name.
"""

import math
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from keraslm.cells import registry
from keraslm.errors import ModelFileError

LARGEST_COUNT = 1 << 31
LARGEST_SEED = 1 << 63
LONGEST_NAME = 100
POLICIES = (
    "float16",
    "bfloat16",
    "float32",
    "float64",
    "mixed_float16",
    "mixed_bfloat16",
)


class Rule(NamedTuple):
    """What a value must be: in words, and as a test."""

    words: str
    holds: Callable[[Any], bool]


def _is_count(value: Any, least: int = 1) -> bool:
    return type(value) is int and least <= value < LARGEST_COUNT


def _is_share(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value) and 0 <= value < 1


def _is_name(value: Any) -> bool:
    return type(value) is str and len(value) <= LONGEST_NAME and value.isprintable()


def _is_seed(value: Any) -> bool:
    return value is None or (type(value) is int and abs(value) < LARGEST_SEED)


def _is_list_of(value: Any, holds: Callable[[Any], bool]) -> bool:
    return type(value) is list and all(map(holds, value))


COUNT = Rule("a whole number from 1 on", _is_count)
FROM_0 = Rule("a whole number from 0 on", lambda value: _is_count(value, 0))
COUNT_OR_NONE = Rule("a whole number from 1 on", lambda v: v is None or _is_count(v))
COUNTS = Rule("whole numbers from 1 on", lambda v: _is_list_of(v, _is_count))
CLASSES = Rule("class numbers", lambda v: _is_list_of(v, lambda c: _is_count(c, 0)))
LAYERS = Rule("from 1 to 64 layers", lambda v: _is_count(v) and v <= 64)
CONTEXT = Rule("from 1 to 1000 tokens", lambda v: _is_count(v) and v <= 1000)
ATTENDED = Rule("from 1 to 8192 tokens", lambda v: _is_count(v) and v <= 8192)
BITS = Rule("from 1 to 28 bits", lambda v: _is_count(v) and v <= 28)
SHARE = Rule("a share in [0, 1)", _is_share)
SHARES = Rule(
    "shares from 0 to 1",
    lambda v: _is_list_of(v, lambda one: _is_share(one) or one == 1),
)
FLAG = Rule("true or false", lambda value: type(value) is bool)
NAME = Rule("a name", _is_name)
SEED = Rule("a whole number", _is_seed)
CELL = Rule("the name of a cell", _is_name)
ACTIVATION = Rule("tanh, sigmoid or linear", ("tanh", "sigmoid", "linear").__contains__)
INPUT = Rule(
    "one-hot, bag-of-words or embedding",
    ("one-hot", "bag-of-words", "embedding").__contains__,
)
POLICY = Rule("the name of a number format", lambda v: _policy(v) in POLICIES)
SOFTMAX = Rule("a softmax", lambda v: v is None or isinstance(v, dict))

OF_ALL = {"name": NAME, "trainable": FLAG, "dtype": POLICY}
HISTORIES = {"skip": FROM_0, "bits": BITS}
KINDS = {
    "recurrent": {
        "vocabulary_size": COUNT,
        "cell": CELL,
        "embedding": COUNT,
        "units": COUNT,
        "layers": LAYERS,
        "dropout": SHARE,
        "embedding_dropout": SHARE,
        "weight_drop": SHARE,
        "tied": FLAG,
        "softmax": SOFTMAX,
        "residual": FLAG,
        "activation": ACTIVATION,
        "direct_order": COUNT_OR_NONE,
        "input_order": COUNT_OR_NONE,
        "input_bits": BITS,
        "input_dropout": SHARE,
        "seed": SEED,
        "trainable_embedding": FLAG,
        **HISTORIES,
    },
    "window": {
        "vocabulary_size": COUNT,
        "context": CONTEXT,
        "input_kind": INPUT,
        "embedding": COUNT,
        "hidden": COUNTS,
        "dropout": SHARE,
        "seed": SEED,
        "trainable_embedding": FLAG,
    },
    "maxent": {
        "vocabulary_size": COUNT,
        "order": COUNT,
        "softmax": SOFTMAX,
        **HISTORIES,
    },
    "transformer": {
        "vocabulary_size": COUNT,
        "layers": LAYERS,
        "heads": COUNT,
        "units": COUNT,
        "context": ATTENDED,
        "dropout": SHARE,
        "tied": FLAG,
        "seed": SEED,
        "trainable_embedding": FLAG,
    },
}
SOFTMAXES = {
    "AdaptiveSoftmax": {"vocabulary_size": COUNT, "cutoffs": COUNTS, "shares": SHARES},
    "ClassSoftmax": {"classes": CLASSES},
}
CAUSAL_LM = "CausalLM"
EARLIER = {  # the classes of version 1 and the kinds that they became
    "RecurrentModel": "recurrent",
    "WindowModel": "window",
    "MaxEntModel": "maxent",
}
ADOPTED = ("AdoptedRecurrent", "AdoptedWindow")


def class_of(where: str, stored: Any, known: tuple[str, ...], what: str) -> str:
    """Look a class up among keraslm's own.

    Raises: ModelFileError if it is none of the known.
    """
    table = stored if isinstance(stored, dict) else {}
    name, module = table.get("class_name"), f"{table.get('module')}"
    ours = module.startswith("keraslm.") and name in known
    if not ours or table.get("registered_name") != f"keraslm>{name}":
        shown = f"{module:.40}.{name!s:.40}"
        raise ModelFileError(f"{where} holds a {shown}, not a {what} of keraslm")
    return str(name)


def arguments(
    where: str, name: str, rules: dict[str, Rule], stored: Any
) -> dict[str, Any]:
    """Give the arguments of a class, every one of them known and checked.

    Arguments may be missing, which have defaults, but not be unknown.
    Raises: ModelFileError naming the argument.
    """
    config = stored.get("config")
    if not isinstance(config, dict):
        raise ModelFileError(f"{where} is damaged: its config is not a table")
    rules = {**rules, **OF_ALL}
    for argument, value in config.items():
        if argument not in rules:
            raise ModelFileError(
                f"{where} has an argument {argument[:40]!r} that {name} does not "
                "know; install the keraslm that wrote it"
            )
        words, holds = rules[argument]
        if not holds(value):
            shown = re.sub(r"\s+", " ", f"{value!r:.40}")
            raise ModelFileError(
                f"{where} is refused: {argument} in its config must be {words}; "
                f"it is {shown}"
            )
    checked = dict(config)
    if "dtype" in checked:
        checked["dtype"] = _policy(checked["dtype"])
    return checked


def cell_named(where: str, name: str) -> None:
    """Refuse the name of a cell that is not there.

    Raises: ModelFileError
    """
    if name not in registry.names():
        raise ModelFileError(
            f"{where} holds a network of the cell {name[:40]!r}; cell must be one of "
            f"{', '.join(registry.names())}, or one of your own that is given to "
            "keraslm.cells.register before the file is opened"
        )


def _policy(dtype: Any) -> Any:
    """Give the name of a policy that Keras described as an object of its own."""
    if isinstance(dtype, dict) and dtype.get("class_name") == "DTypePolicy":
        config = dtype.get("config")
        named = isinstance(config, dict) and config.keys() == {"name"}
        dtype = config["name"] if named else None  # type: ignore[index]
    return dtype if isinstance(dtype, str) else None
