"""What a training run is told: every option, its default, its limits."""

import dataclasses
import math
import os
import pathlib
import tomllib
from typing import Any

from keraslm.errors import UsageError

LEVELS = ("char", "word")
MODELS = ("ngram", "bigram", "trigram", "neural-ngram", "rnn", "gru", "lstm")
RECURRENT = ("rnn", "gru", "lstm")
OPTIMIZERS = ("sgd", "momentum", "adam", "adamw")
SAMPLE_TOKENS = {"char": 300, "word": 60}
SCHEDULES = ("constant", "cosine", "linear", "plateau")


@dataclasses.dataclass(frozen=True)
class Configuration:
    """The options of a run; None means: the default for this model and level.

    Units: `time` and `batch_size` in tokens and rows; `minutes` of wall clock;
    `warmup` in steps; `learning_rate` per step; rates of dropout in [0, 1);
    a `clip_norm` of 0 clips nothing.
    """

    corpus: str = "village"
    level: str = "word"
    model: str = "lstm"
    out: str | None = None
    # the text
    encoding: str = "utf-8"
    split: str = "90/5/5"
    tokenize: bool = False
    vocabulary_size: int | None = None
    min_count: int = 1
    # counts
    order: int | None = None
    delta: float | None = None
    # the network
    context: int | None = None
    input: str | None = None
    hidden: str | None = None
    embedding: int | None = None
    layers: int | None = None
    units: int | None = None
    dropout: float | None = None
    tied: bool = False
    residual: bool = False
    activation: str = "tanh"
    # the optimizer
    optimizer: str = "adam"
    learning_rate: float | None = None
    schedule: str = "cosine"
    warmup: int = 0
    plateau_factor: float = 0.5
    weight_decay: float = 0.01
    clip_norm: float | None = None
    clip_value: float | None = None
    # the run
    batch_size: int | None = None
    time: int | None = None
    epochs: int | None = None
    steps: int | None = None
    minutes: float | None = None
    seed: int = 0
    log_steps: int = 50
    valid_steps: int | None = None
    sample_steps: int | None = None
    tensorboard: bool = False
    init_from: str | None = None
    dry_run: bool = False

    def __post_init__(self) -> None:
        """Check every value on its own.

        Raises: UsageError naming the option, what it must be and what was received.
        """
        _check_kinds(self)
        _check_choices(self)
        _check_numbers(self)

    @property
    def hidden_sizes(self) -> tuple[int, ...]:
        """The hidden layers' widths; "none" is no hidden layer."""
        return parse_hidden(self.hidden or "none")

    def to_dict(self) -> dict[str, Any]:
        """Give the options that are set, as TOML and JSON can hold them."""
        given = dataclasses.asdict(self).items()
        return {name: value for name, value in given if value is not None}


def field_names() -> tuple[str, ...]:
    """The names of all options, as Python writes them."""
    return tuple(field.name for field in dataclasses.fields(Configuration))


def read_toml(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read options from a TOML file; the names are the flags', with - or _.

    Raises: UsageError if it is no TOML file, or names an option that does not exist.
    """
    try:
        data = pathlib.Path(path).read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    try:
        options = tomllib.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:  # also a number of too many digits
        raise UsageError(f"{path} is not a TOML file: {error}") from error
    known: dict[str, Any] = {}
    for name, value in options.items():
        if _known(path, name) in known:
            raise UsageError(f"{path} gives {name} twice, with - and with _")
        known[_known(path, name)] = value
    return known


def _known(path: str | os.PathLike[str], name: str) -> str:
    plain = name.replace("-", "_")
    if plain not in field_names():
        raise UsageError(
            f"{path} names an unknown option {name!r}; "
            f"known are {', '.join(field_names())}"
        )
    return plain


def to_toml(options: dict[str, Any]) -> str:
    """Write options as TOML, one a line."""
    return "".join(f"{name} = {_toml(value)}\n" for name, value in options.items())


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return '"' + "".join(_escaped(c) for c in escaped) + '"'
    return repr(value)


def _escaped(character: str) -> str:
    is_control = ord(character) < 32 or ord(character) == 127
    return f"\\u{ord(character):04X}" if is_control else character


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
    if min(sizes) < 1:
        raise UsageError(
            "hidden must be sizes such as 200,100 (each 1 or more), or none; "
            f"received {text!r}"
        )
    return sizes


_TEXTS = ("corpus", "out", "encoding", "split", "hidden", "init_from")
_SWITCHES = ("tokenize", "tied", "residual", "tensorboard", "dry_run")


def _check_kinds(c: Configuration) -> None:
    for name in _TEXTS:
        value = getattr(c, name)
        if value is not None and not _is_plain_text(value):
            raise UsageError(f"{name} must be Unicode text; received {value!r}")
    for name in _SWITCHES:
        if not isinstance(getattr(c, name), bool):
            raise UsageError(
                f"{name} must be true or false; received {getattr(c, name)!r}"
            )


def _is_plain_text(value: object) -> bool:
    """Say whether TOML and the names of files can hold it."""
    if not isinstance(value, str) or "\0" in value:
        return False
    return not any("\ud800" <= character <= "\udfff" for character in value)


def _check_choices(c: Configuration) -> None:
    choices = {
        "level": LEVELS,
        "model": MODELS,
        "optimizer": OPTIMIZERS,
        "schedule": SCHEDULES,
        "input": (None, "one-hot", "bag-of-words", "embedding"),
        "activation": ("tanh", "sigmoid"),
    }
    for name, allowed in choices.items():
        if getattr(c, name) not in allowed:
            listed = ", ".join(choice for choice in allowed if choice)
            raise UsageError(
                f"{name} must be one of {listed}; received {getattr(c, name)!r}"
            )


_WHOLE = {
    "vocabulary_size": 3,
    "min_count": 1,
    "order": 1,
    "context": 1,
    "embedding": 1,
    "layers": 1,
    "units": 1,
    "warmup": 0,
    "batch_size": 1,
    "time": 1,
    "epochs": 1,
    "steps": 1,
    "seed": 0,
    "log_steps": 1,
    "valid_steps": 1,
    "sample_steps": 1,
}
LARGEST_SEED = 2**32 - 1  # NumPy's
_REAL = {
    "delta": "0 or more",
    "dropout": "at least 0 and below 1",
    "learning_rate": "above 0",
    "plateau_factor": "above 0 and below 1",
    "weight_decay": "0 or more",
    "clip_norm": "0 or more",
    "clip_value": "above 0",
    "minutes": "above 0",
}
_HOLDS = {
    "0 or more": lambda x: 0 <= x < math.inf,
    "above 0": lambda x: 0 < x < math.inf,
    "at least 0 and below 1": lambda x: 0 <= x < 1,
    "above 0 and below 1": lambda x: 0 < x < 1,
}


def _check_numbers(c: Configuration) -> None:
    for name, least in _WHOLE.items():
        value = getattr(c, name)
        if value is not None and (type(value) is not int or value < least):
            raise UsageError(
                f"{name} must be a whole number, {least} or more; received {value!r}"
            )
    if c.seed > LARGEST_SEED:
        raise UsageError(f"seed must be below 2**32; received {c.seed}")
    for name, rule in _REAL.items():
        value = getattr(c, name)
        if value is None:
            continue
        if type(value) not in (int, float) or not _HOLDS[rule](value):
            raise UsageError(f"{name} must be {rule}; received {value!r}")
    if c.hidden is not None:
        parse_hidden(c.hidden)
