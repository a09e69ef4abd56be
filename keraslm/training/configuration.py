"""What a training run is told: every option and its default."""

import dataclasses
import os
import tomllib
from typing import Any

from keraslm.errors import UsageError
from keraslm.files.writing import read_small
from keraslm.suggestions import nearest_option
from keraslm.training import limits
from keraslm.training.limits import LEVELS, MODELS, RECURRENT

__all__ = ["LEVELS", "MODELS", "RECURRENT", "Configuration", "read_toml", "to_toml"]

LARGEST = 1 << 20  # bytes of a file of options
SAMPLE_TOKENS = {"char": 300, "word": 60}


@dataclasses.dataclass(frozen=True)
class Configuration:
    """The options of a run; None means: the default for this model and level.

    Units: `time` and `batch_size` in tokens and rows; `minutes` of wall clock;
    `warmup` in steps; `learning_rate` per step, and `feature_rate` times that;
    rates of dropout in [0, 1); a `clip_norm` of 0 clips nothing.
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
    smoothing: str | None = None
    prune: str | None = None
    delta: float | None = None
    # features of the history
    direct_order: int | None = None
    skip: int | None = None
    features: str | None = None
    # the network
    context: int | None = None
    input: str | None = None
    hidden: str | None = None
    embedding: int | None = None
    embeddings: str | None = None
    freeze: bool = False
    skip_bad_lines: bool = False
    layers: int | None = None
    units: int | None = None
    dropout: float | None = None
    embedding_dropout: float = 0.0
    weight_drop: float = 0.0
    tied: bool = False
    residual: bool = False
    activation: str = "tanh"
    softmax: str = "full"
    samples: int | None = None
    classes: str | None = None
    # the optimizer
    optimizer: str | None = None
    learning_rate: float | None = None
    feature_rate: float | None = None
    schedule: str = "cosine"
    warmup: int = 0
    plateau_factor: float = 0.5
    decay: float = 0.5
    decay_after: int = 0
    weight_decay: float | None = None
    l1: float = 0.0
    l2: float = 0.0
    clip_norm: float | None = None
    clip_value: float | None = None
    average_steps: int | None = None
    average_after: int | None = None
    # the run
    batch_size: int | None = None
    time: int | None = None
    vary_time: bool = False
    state: str = "carried"
    precision: str | None = None
    epochs: int | None = None
    steps: int | None = None
    minutes: float | None = None
    patience: int | None = None
    keep_last: int = 0
    seed: int = 0
    log_steps: int = 50
    valid_steps: int | None = None
    sample_steps: int | None = None
    checkpoint_steps: int | None = None
    checkpoint_minutes: float = 5.0
    tensorboard: bool = False
    init_from: str | None = None
    dry_run: bool = False

    def __post_init__(self) -> None:
        """Check every value on its own.

        Raises: UsageError naming the option, what it must be and what was received.
        """
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if value is not None or field.default is not None:
                limits.check(field.name, value)

    @property
    def family(self) -> str:
        """The model; "lstm" for a cell of the user's own, which takes its options."""
        return self.model if self.model in MODELS else "lstm"

    @property
    def limits_of_pruning(self) -> tuple[int, ...]:
        """What n-grams must occur more often than, order by order."""
        return limits.parse_prune(self.prune or "0")

    @property
    def feature_bits(self) -> int:
        """Features are hashed into 2 to the power of this many weights."""
        return limits.parse_features(self.features or "hashed:22")

    @property
    def hidden_sizes(self) -> tuple[int, ...]:
        """The hidden layers' widths; "none" is no hidden layer."""
        return limits.parse_hidden(self.hidden or "none")

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
    data = read_small(path, LARGEST, "file of options")
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
        near = nearest_option(name, field_names())
        way_out = (
            f"did you mean {near}?" if near else f"known are {', '.join(field_names())}"
        )
        raise UsageError(f"{path} names an unknown option {name!r}; {way_out}")
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
