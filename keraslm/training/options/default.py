"""What an option is when it is left out: a value, and exceptions from it.

`Default(200, when(256, level="char"))` reads as: 200, but 256 on characters.
"""

import dataclasses
from collections.abc import Callable, Iterable
from typing import Any, Protocol

LEVELS = {"char": "characters", "word": "words"}


class Run(Protocol):
    """A run: what it was given, and what its options are in the end."""

    family: str

    def is_given(self, name: str) -> bool:
        """Say whether an option was given."""

    def __getitem__(self, name: str) -> Any:
        """Give an option, by default if it was left out."""


@dataclasses.dataclass(frozen=True)
class Condition:
    """A test of one option, and its words."""

    words: str
    holds: Callable[[Run, str], bool]


GIVEN = Condition("with `{name}`", lambda run, name: run.is_given(name))


def at_least(limit: float) -> Condition:
    """Hold where an option is a number and not below the limit."""
    return Condition(
        f"with `{{name}}={limit:g}` or more",
        lambda run, name: run.is_given(name) and run[name] >= limit,
    )


def _any_of(values: tuple[Any, ...]) -> Condition:
    named = f"`{{name}}={values[0]}`" + "".join(f" or {each}" for each in values[1:])
    return Condition(f"with {named}", lambda run, name: run[name] in values)


@dataclasses.dataclass(frozen=True)
class Exceptional:
    """A value for the runs of which every condition holds."""

    value: Any
    models: tuple[str, ...]
    level: str
    conditions: dict[str, Condition]

    def holds(self, run: Run) -> bool:
        """Say whether a run is such a run."""
        return (
            (not self.models or run.family in self.models)
            and (not self.level or run["level"] == self.level)
            and all(each.holds(run, name) for name, each in self.conditions.items())
        )

    @property
    def is_simple(self) -> bool:
        """Say whether it looks at one option alone, or at the model and the level."""
        is_of_a_kind = bool(self.models or self.level)
        return len(self.conditions) + is_of_a_kind == 1

    @property
    def words(self) -> str:
        """The conditions in words."""
        said = [f"for {', '.join(self.models)}"] if self.models else []
        said += [f"on {LEVELS[self.level]}"] if self.level else []
        conditions = self.conditions.items()
        tests = [each.words.format(name=name) for name, each in conditions]
        return " ".join([*said, " and ".join(tests)]).strip()


def when(
    value: Any, model: str | tuple[str, ...] = (), level: str = "", **options: Any
) -> Exceptional:
    """Give an exception: the value where all of these hold.

    An option is compared with a value, with each value of a tuple, or by a condition.
    """
    conditions = {}
    for name, wanted in options.items():
        if not isinstance(wanted, Condition):
            wanted = _any_of(wanted if isinstance(wanted, tuple) else (wanted,))
        conditions[name] = wanted
    models = (model,) if isinstance(model, str) else model
    return Exceptional(value, models, level, conditions)


class Default:
    """A value and its exceptions, of which the last that holds counts.

    The value may be a function of nothing. `called` says in words what that gives, or
    what it means that there is no value.
    """

    def __init__(self, value: Any, *exceptions: Exceptional, called: str = "none"):
        self.first = value
        self.exceptions = exceptions
        self.called = called

    def of(self, run: Run) -> Any:
        """Give the value of a run."""
        value = self.first
        for each in self.exceptions:
            value = each.value if each.holds(run) else value
        return value() if callable(value) else value

    @property
    def words(self) -> str:
        """The value and its exceptions: "200; 256 on characters"."""
        return self._listed(self.exceptions)

    @property
    def brief(self) -> str:
        """The same without the exceptions of which there is more to say."""
        return self._listed(each for each in self.exceptions if each.is_simple)

    def _listed(self, exceptions: Iterable[Exceptional]) -> str:
        said = [f"{self._said(each.value)} {each.words}" for each in exceptions]
        return "; ".join([self._said(self.first), *said])

    def _said(self, value: Any) -> str:
        if value is None or callable(value):
            return self.called
        if isinstance(value, bool):
            return "on" if value else "off"
        return f"{value:g}" if isinstance(value, float) else str(value)
