"""What an option is when it is left out: a value, and exceptions from it.

`Default(200, when(256, level="char"))` reads as: 200, but 256 on characters.
"""

import dataclasses
from collections.abc import Callable
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


def any_given(*names: str) -> Condition:
    """Hold where one of these options is given."""
    words = " or ".join(f"`{name}`" for name in names)
    return Condition(f"with {words}", lambda run, _: any(map(run.is_given, names)))


def at_least(limit: float) -> Condition:
    """Hold where an option is given, and not below the limit."""
    return Condition(
        f"with `{{name}}={limit:g}` or more",
        lambda run, name: run.is_given(name) and run[name] >= limit,
    )


def _condition(wanted: Any) -> Condition:
    """Compare an option with a value, with each value of a tuple, or as it says."""
    if isinstance(wanted, Condition):
        return wanted
    values = wanted if isinstance(wanted, tuple) else (wanted,)
    others = "".join(f" or {each}" for each in values[1:])
    words = f"with `{{name}}={values[0]}`{others}"
    return Condition(words, lambda run, name: run[name] in values)


class when:  # noqa: N801  reads as a word in the table
    """A value for the runs of which every condition holds."""

    def __init__(
        self,
        value: Any,
        model: str | tuple[str, ...] = (),
        level: str = "",
        **options: Any,
    ) -> None:
        self.value = value
        self._models = (model,) if isinstance(model, str) else model
        self._level = level
        self._tests = {name: _condition(wanted) for name, wanted in options.items()}

    def holds(self, run: Run) -> bool:
        """Say whether a run is such a run."""
        return (
            (not self._models or run.family in self._models)
            and (not self._level or run["level"] == self._level)
            and all(test.holds(run, name) for name, test in self._tests.items())
        )

    @property
    def words(self) -> str:
        """The conditions in words."""
        said = [f"for {', '.join(self._models)}"] if self._models else []
        said += [f"on {LEVELS[self._level]}"] if self._level else []
        tests = (test.words.format(name=name) for name, test in self._tests.items())
        return " ".join([*said, " and ".join(tests)]).strip()


class Default:
    """A value and its exceptions, of which the last that holds counts.

    The value may be a function of nothing. `called` says in words what that gives, or
    what it means that there is no value.
    """

    def __init__(self, value: Any, *exceptions: when, called: str = "none") -> None:
        self.first = value
        self.exceptions = exceptions
        self.called = called

    def of(self, run: Run) -> Any:
        """Give the value of a run."""
        values = [self.first, *(e.value for e in self.exceptions if e.holds(run))]
        return values[-1]() if callable(values[-1]) else values[-1]

    @property
    def words(self) -> str:
        """The value and its exceptions: "200; 256 on characters"."""
        said = [f"{self._said(each.value)} {each.words}" for each in self.exceptions]
        return "; ".join([self._said(self.first), *said])

    def _said(self, value: Any) -> str:
        if value is None or callable(value):
            return self.called
        if isinstance(value, bool):
            return "on" if value else "off"
        return f"{value:g}" if isinstance(value, float) else str(value)
