"""What is known of an option of a run, at the one place where it is named."""

import dataclasses
from collections.abc import Iterable
from typing import Any

from keraslm.training.options.default import Default
from keraslm.training.options.kinds import Choice, Kind
from keraslm.training.options.models import MODELS, NEURAL


@dataclasses.dataclass(frozen=True)
class Group:
    """Options that stand together, and the models that have a use for them.

    `is_strict` says that they are refused for other models.
    """

    title: str
    models: tuple[str, ...] = MODELS
    is_strict: bool = False

    @property
    def heading(self) -> str:
        """The title, and whom it concerns if not every model."""
        if self.models == MODELS:
            return self.title
        whom = "every model but ngram" if self.models == NEURAL else listed(self.models)
        return f"{self.title} ({whom})"


@dataclasses.dataclass(frozen=True)
class Option:
    """An option: its kind, its group, what it says of itself, its default.

    Where `models` are named, they are fewer or more than those of its group. `aliases`
    are other names of its flag. `is_shape` says that a model that is continued brings
    it; `is_free`, that it may change when a run is resumed.
    """

    kind: Kind
    group: Group
    says: str
    default: Default
    models: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    is_shape: bool = False
    is_free: bool = False

    @property
    def suits(self) -> tuple[str, ...]:
        """The models that use it."""
        return self.models or self.group.models

    @property
    def sentence(self) -> str:
        """What it does, its choices, and the models that have it."""
        said = self.says
        if isinstance(self.kind, Choice):
            *first, last = self.kind.names
            said = f"{said.removesuffix('.')}: {listed(first)} or {last}."
        return f"{said} For {listed(self.models)}." if self.models else said


def listed(names: Iterable[str]) -> str:
    """List names."""
    return ", ".join(names)


def option(
    kind: Kind, group: Group, says: str, default: Any = None, **more: Any
) -> Any:
    """Give the field of an option.

    A plain `default` is its value in every run; where it is a `Default`, the value is
    None until it is known which model and level the run has.
    """
    is_open = isinstance(default, Default)
    known = default if is_open else Default(default)
    metadata = {"option": Option(kind, group, says, known, **more)}
    return dataclasses.field(default=None if is_open else default, metadata=metadata)


def options_of(configuration: Any) -> dict[str, Option]:
    """Give the options of a dataclass by name."""
    fields = dataclasses.fields(configuration)
    return {field.name: field.metadata["option"] for field in fields}
