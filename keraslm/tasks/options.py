"""The options of a tagger's training: those of a language model's that it has, too."""

import dataclasses
import os
import tomllib
from typing import Any

from keraslm.errors import UsageError
from keraslm.files.writing import read_small
from keraslm.tasks.shape import MODELS, MOST_FREQUENT, Shape
from keraslm.training.options import OPTIONS
from keraslm.training.options.toml import LARGEST

OF_A_NETWORK = (
    "embedding",
    "units",
    "layers",
    "dropout",
    "learning_rate",
    "batch_size",
    "epochs",
    "steps",
    "minutes",
)


@dataclasses.dataclass(frozen=True)
class TaggerOptions:
    """What is trained on which tagged text; the names are those of `Configuration`.

    Without `epochs`, `steps` and `minutes` training ends after 5 epochs.
    Raises: UsageError for a value that an option cannot have.
    """

    corpus: str = "crossroads"
    model: str = "bilstm"
    out: str | None = None
    seed: int = 0
    encoding: str = "utf-8"
    split: str = "90/5/5"
    min_count: int = 1
    embedding: int = 64
    units: int = 64
    layers: int = 1
    dropout: float = 0.1
    learning_rate: float = 0.004
    batch_size: int = 32
    epochs: int | None = None
    steps: int | None = None
    minutes: float | None = None

    def __post_init__(self) -> None:
        """Check every value on its own."""
        if self.model not in MODELS:
            raise UsageError(
                f"`model` must be one of {', '.join(MODELS)} with `task='tag'`; "
                f"received {self.model!r}"
            )
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if field.name != "model" and value is not None:
                OPTIONS[field.name].kind.check(field.name, value)

    @classmethod
    def of(cls, given: dict[str, Any]) -> "TaggerOptions":
        """Take the options that were given.

        Raises: UsageError for one that a tagger does not have.
        """
        names = [field.name for field in dataclasses.fields(cls)]
        for name in given:
            if name not in names:
                raise UsageError(
                    f"`{name}` is an option of language models; with `task='tag'` "
                    f"there are {', '.join(f'`{known}`' for known in names[1:])}"
                )
        options = cls(**given)
        if options.model == MOST_FREQUENT:
            for name in OF_A_NETWORK:
                if name in given:
                    raise UsageError(
                        f"`{name}` is an option of networks; `model='most-frequent'` "
                        "only counts"
                    )
        return options

    @property
    def shape(self) -> Shape:
        """The network."""
        return Shape(self.model, self.embedding, self.units, self.layers)

    @property
    def limits(self) -> dict[str, Any]:
        """When training ends: the first of `epochs`, `steps` and `minutes`."""
        limits = {"epochs": self.epochs, "steps": self.steps, "minutes": self.minutes}
        return limits if any(limits.values()) else limits | {"epochs": 5}

    def to_dict(self) -> dict[str, Any]:
        """Give the options that the model has, where they have a value."""
        told = {"task": "tag", **dataclasses.asdict(self)}
        others = OF_A_NETWORK if self.model == MOST_FREQUENT else ()
        return {n: v for n, v in told.items() if v is not None and n not in others}


def read_options(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read the options of a run from its config.toml.

    Raises: UsageError if it is no such file.
    """
    data = read_small(path, LARGEST, "file of options")
    try:
        options = tomllib.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path} is not a TOML file: {error}") from error
    return {name: value for name, value in options.items() if name != "task"}
