"""What the value of an option may be: one kind a class."""

import dataclasses
import math
from collections.abc import Callable
from typing import Any, Protocol

from keraslm.errors import UsageError
from keraslm.unicode import is_unicode

LARGEST = 2**31 - 1  # of a size or a count of steps


class Kind(Protocol):
    """A kind of values; `metavar` stands for one in the help."""

    @property
    def metavar(self) -> str:
        """The word for a value."""

    def check(self, name: str, value: Any) -> None:
        """Refuse what an option of this name cannot be.

        Raises: UsageError naming the option, what it must be and what was received.
        """


@dataclasses.dataclass(frozen=True)
class Choice:
    """One of some names."""

    names: tuple[str, ...]
    metavar: str = "NAME"

    def check(self, name: str, value: Any) -> None:
        """Refuse another name."""
        if value not in self.names:
            raise _refusal(name, f"one of {', '.join(self.names)}", value)


class Model(Choice):
    """One of the models, or a cell of the user's own."""

    def check(self, name: str, value: Any) -> None:
        """Refuse what is neither."""
        if value in self.names:
            return
        from keraslm.cells import registry

        if value not in registry.names():
            super().check(name, value)


@dataclasses.dataclass(frozen=True)
class Whole:
    """A whole number."""

    least: int = 1
    most: int = LARGEST
    metavar: str = "N"

    def check(self, name: str, value: Any) -> None:
        """Refuse what is no whole number of this range."""
        if type(value) is not int or value < self.least:
            raise _refusal(name, f"a whole number, {self.least} or more", value)
        if value > self.most:
            raise _refusal(name, f"{self.most} or less", value)


@dataclasses.dataclass(frozen=True)
class Real:
    """A number, of which a rule holds."""

    rule: str
    holds: Callable[[float], bool]
    metavar: str = "X"

    def check(self, name: str, value: Any) -> None:
        """Refuse what is no number, or breaks the rule."""
        if type(value) not in (int, float) or not self.holds(value):
            raise _refusal(name, self.rule, value)


NOT_NEGATIVE = Real("0 or more", lambda x: 0 <= x < math.inf)
POSITIVE = Real("above 0", lambda x: 0 < x < math.inf)
SHARE = Real("at least 0 and below 1", lambda x: 0 <= x < 1)
FACTOR = Real("above 0 and below 1", lambda x: 0 < x < 1)


@dataclasses.dataclass(frozen=True)
class Switch:
    """On or off; `off` names the flag that turns it off, if it is not --no-NAME."""

    off: str = ""
    metavar: str = ""

    def check(self, name: str, value: Any) -> None:
        """Refuse what is neither true nor false."""
        if not isinstance(value, bool):
            raise _refusal(name, "true or false", value)


@dataclasses.dataclass(frozen=True)
class Text:
    """A text that TOML and the names of files can hold, perhaps in a notation."""

    metavar: str
    parse: Callable[[str], Any] | None = None

    def check(self, name: str, value: Any) -> None:
        """Refuse what is no such text, or breaks the notation."""
        plain = isinstance(value, str) and "\0" not in value and is_unicode(value)
        if not value or not plain:
            raise _refusal(name, "Unicode text, not empty", value)
        if self.parse is not None:
            self.parse(value)


class File(Text):
    """The name of a file or a folder."""


def _refusal(name: str, rule: str, value: Any) -> UsageError:
    return UsageError(f"`{name}` must be {rule}; received {value!r}")
