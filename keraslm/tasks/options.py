"""The options of a task's training: those of a language model's that it has, too."""

import dataclasses
import os
from typing import Any, ClassVar, Self

from keraslm.errors import UsageError
from keraslm.tasks.shape import (
    ATTENTION,
    BAG,
    CLASSIFIERS,
    KINDS,
    MOST_FREQUENT,
    TAGGERS,
    Shape,
)
from keraslm.training.options import OPTIONS
from keraslm.training.options.kinds import Kind
from keraslm.training.options.toml import read_table

HEADS = 4
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
    "checkpoint_steps",
    "checkpoint_minutes",
    "heads",
    "embeddings",
    "freeze",
    "skip_bad_lines",
)


@dataclasses.dataclass(frozen=True)
class TaskOptions:
    """What is trained on which text; the names are those of `Configuration`.

    Without `epochs`, `steps` and `minutes` training ends after 5 epochs; before any
    limit, once all of the validation text is right.
    Raises: UsageError for a value that an option cannot have.
    """

    corpus: str
    model: str
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
    checkpoint_steps: int | None = None
    checkpoint_minutes: float = 5.0
    heads: int | None = None
    embeddings: str | None = None
    freeze: bool = False
    skip_bad_lines: bool = False

    task: ClassVar[str]
    chosen_by: ClassVar[str] = "task"
    """The option that says which options these are."""
    picture: ClassVar[str | None] = "confusion.png"
    own: ClassVar[dict[str, Kind]] = {}
    """Options that no language model has."""
    models: ClassVar[tuple[str, ...]]

    def __post_init__(self) -> None:
        """Check every value on its own."""
        if self.model not in self.models:
            raise UsageError(
                f"`model` must be one of {', '.join(self.models)} with "
                f"{self.choice()}; received {self.model!r}"
            )
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if field.name != "model" and value is not None:
                kind = self.own.get(field.name) or OPTIONS[field.name].kind
                kind.check(field.name, value)
        self._check_together()

    def _check_together(self) -> None:
        if self.embeddings is None and (self.freeze or self.skip_bad_lines):
            name = "freeze" if self.freeze else "skip_bad_lines"
            raise UsageError(f"`{name}` is of vectors; give their file as `embeddings`")
        if not self.is_attending:
            if self.heads is not None:
                raise UsageError(f"`heads` are of attention; {self.model!r} has none")
        elif self.units % (2 * (self.heads or HEADS)):
            raise UsageError(
                "`units` must be a multiple of twice the `heads`; received "
                f"{self.units} units and {self.heads or HEADS} heads"
            )

    @classmethod
    def choice(cls) -> str:
        """Say in a message how these options are chosen."""
        return f"`{cls.chosen_by}='{cls.task}'`"

    @classmethod
    def of(cls, given: dict[str, Any]) -> Self:
        """Take the options that were given.

        Raises: UsageError for one that the task, or the model, does not have.
        """
        names = [field.name for field in dataclasses.fields(cls)]
        for name in given:
            if name not in names:
                raise UsageError(
                    f"`{name}` is no option of {cls.choice()}, which has "
                    f"{', '.join(f'`{known}`' for known in names[1:])}"
                )
        options = cls(**given)
        for name, why in options.missing.items():
            if name in given:
                raise UsageError(f"`model='{options.model}'` {why}; leave `{name}` out")
        return options

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> dict[str, Any]:
        """Read the options of a run from its config.toml.

        Raises: UsageError if it is no such file, or of another task.
        """
        options = read_table(path)
        others = {"task", "objective"} & options.keys() - {cls.chosen_by}
        if options.pop(cls.chosen_by, cls.task) != cls.task or others:
            raise UsageError(f"{path} is not of {cls.choice()}; it says of what it is")
        return options

    @property
    def is_network(self) -> bool:
        """Whether Keras trains it; else words are counted."""
        return self.model != MOST_FREQUENT

    @property
    def is_attending(self) -> bool:
        """Whether the network is of blocks of self-attention."""
        return self.is_network and KINDS[self.model].cell == ATTENTION

    @property
    def shape(self) -> Any:
        """What the network looks like."""
        heads = (self.heads or HEADS) if self.is_attending else None
        return Shape(self.model, self.embedding, self.units, self.layers, heads)

    @property
    def passes(self) -> int:
        """The epochs of a run that was given no limit."""
        return 5

    @property
    def limits(self) -> dict[str, Any]:
        """When training ends: the first of `epochs`, `steps` and `minutes`."""
        limits = {"epochs": self.epochs, "steps": self.steps, "minutes": self.minutes}
        return limits if any(limits.values()) else limits | {"epochs": self.passes}

    def to_dict(self) -> dict[str, Any]:
        """Give the options that the model has, where they have a value."""
        told = {self.chosen_by: self.task, **dataclasses.asdict(self)}
        others = self.missing
        return {n: v for n, v in told.items() if v is not None and n not in others}

    @property
    def missing(self) -> dict[str, str]:
        """The options that the model does not have, and why."""
        if self.model == MOST_FREQUENT:
            return dict.fromkeys(OF_A_NETWORK, "only counts, and trains no network")
        return {"layers": "has no recurrent `layers`"} if self.model == BAG else {}


@dataclasses.dataclass(frozen=True)
class TaggerOptions(TaskOptions):
    """The options of a tagger; its corpus is tagged text in two columns."""

    corpus: str = "crossroads"
    model: str = "bilstm"

    task = "tag"
    models = (*TAGGERS, MOST_FREQUENT)


@dataclasses.dataclass(frozen=True)
class ClassifierOptions(TaskOptions):
    """The options of a classifier; its corpus is a table of texts and labels."""

    corpus: str = "reviews"
    model: str = "last-state"

    task = "classify"
    models = tuple(CLASSIFIERS)
