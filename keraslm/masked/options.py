"""The options of a masked model's training, with the names of a causal one's."""

import dataclasses
import os
from typing import Any, Self

from keraslm.errors import UsageError
from keraslm.masked.shape import BILSTM, MODELS, Shape
from keraslm.training.options import OPTIONS
from keraslm.training.options.kinds import Choice
from keraslm.training.options.toml import read_table

WITHOUT = {
    "heads": "has no attention",
    "layers": "has one layer from each side",
    "mask_share": "predicts every token, and masks none",
}
"""What an LSTM from both sides has not, and why."""


@dataclasses.dataclass(frozen=True)
class MaskedOptions:
    """What is trained on which text; the names are those of `Configuration`.

    `mask_share` is that of the tokens that are masked. Without `epochs`, `steps` and
    `minutes` training ends after 5 epochs.
    Raises: UsageError for a value that an option cannot have.
    """

    corpus: str = "village"
    model: str = BILSTM
    out: str | None = None
    seed: int = 0
    encoding: str = "utf-8"
    split: str = "90/5/5"
    level: str = "word"
    tokenize: bool = False
    vocabulary_size: int | None = None
    min_count: int = 1
    units: int = 128
    layers: int = 2
    heads: int = 4
    context: int = 128
    dropout: float = 0.0
    mask_share: float = 0.15
    learning_rate: float = 0.004
    batch_size: int = 32
    epochs: int | None = None
    steps: int | None = None
    minutes: float | None = None
    checkpoint_minutes: float = 5.0

    def __post_init__(self) -> None:
        """Check every value on its own."""
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if field.name == "model":
                Choice(MODELS).check("model", value)
            elif field.name == "mask_share":
                _check_share(value)
            elif value is not None:
                OPTIONS[field.name].kind.check(field.name, value)
        if self.tokenize and self.level != "word":
            raise UsageError("`tokenize` separates words; leave it out of characters")
        _ = self.shape

    @classmethod
    def of(cls, given: dict[str, Any]) -> Self:
        """Take the options that were given.

        Raises: UsageError for one that a masked model does not have.
        """
        names = [field.name for field in dataclasses.fields(cls)]
        for name in given:
            if name not in names:
                raise UsageError(
                    f"`{name}` is an option of causal language models; with "
                    "`objective='masked'` there are "
                    f"{', '.join(f'`{known}`' for known in names[1:])}"
                )
        options = cls(**given)
        for name, why in WITHOUT.items() if options.model == BILSTM else ():
            if name in given:
                raise UsageError(f"`model='bilstm'` {why}; leave `{name}` out")
        return options

    @property
    def shape(self) -> Shape:
        """The network."""
        return Shape(self.model, self.units, self.layers, self.heads, self.context)

    @property
    def tokenizer(self) -> str:
        """The name of the tokenizer."""
        return "word-marks" if self.tokenize else self.level

    @property
    def limits(self) -> dict[str, Any]:
        """When training ends: the first of `epochs`, `steps` and `minutes`."""
        limits = {"epochs": self.epochs, "steps": self.steps, "minutes": self.minutes}
        return limits if any(limits.values()) else limits | {"epochs": 5}

    def to_dict(self) -> dict[str, Any]:
        """Give the options that have a value."""
        told = {"objective": "masked", **dataclasses.asdict(self)}
        others = WITHOUT if self.model == BILSTM else ()
        return {n: v for n, v in told.items() if v is not None and n not in others}

    @property
    def masked_share(self) -> float | None:
        """The share of the tokens that are masked; None where all are predicted."""
        return None if self.model == BILSTM else self.mask_share


def read_options(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read the options of a run from its config.toml.

    Raises: UsageError if it is no such file, or not of a masked model.
    """
    options = read_table(path)
    if options.pop("objective", "masked") != "masked" or "task" in options:
        raise UsageError(f"{path} is not of a masked language model")
    return options


def _check_share(value: Any) -> None:
    if type(value) is not float or not 0 < value < 1:
        raise UsageError(
            "`mask_share`, of the tokens that are masked, lies between 0 and 1; "
            f"received {value!r}"
        )


def is_masked(path: str | os.PathLike[str]) -> bool:
    """Say whether a file of options is of a masked model; no such file is not."""
    try:
        options = read_table(path)
    except UsageError:
        return False
    return options.get("objective") == "masked"
