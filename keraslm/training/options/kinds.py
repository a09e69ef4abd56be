"""What the value of an option may be: one kind a class."""

import dataclasses
import math
from collections.abc import Callable
from typing import Any

from keraslm.errors import UsageError
from keraslm.unicode import is_unicode

LARGEST = 2**31 - 1  # of a size or a count of steps


class Kind:
    """A kind of values; `metavar` is the help's word for one."""

    metavar: str

    def check(self, name: str, value: Any) -> None:
        """Refuse what an option of this name cannot be.

        Raises: UsageError naming the option, what it must be and what was received.
        """
        if rule := self.broken_rule(value):
            raise UsageError(f"`{name}` must be {rule}; received {value!r}")

    def broken_rule(self, value: Any) -> str | None:
        """Say what a value must be and is not; None where all is well."""
        raise NotImplementedError


@dataclasses.dataclass(frozen=True)
class Choice(Kind):
    """One of some names."""

    names: tuple[str, ...]
    metavar: str = "NAME"

    def broken_rule(self, value: Any) -> str | None:
        """Refuse another name."""
        return None if value in self.names else f"one of {', '.join(self.names)}"


class Model(Choice):
    """One of the models, or a cell of the user's own."""

    def broken_rule(self, value: Any) -> str | None:
        """Refuse what is neither."""
        rule = super().broken_rule(value)
        if rule is None:
            return None
        from keraslm.cells import registry

        return None if value in registry.names() else rule


@dataclasses.dataclass(frozen=True)
class Whole(Kind):
    """A whole number."""

    least: int = 1
    most: int = LARGEST
    metavar: str = "N"

    def broken_rule(self, value: Any) -> str | None:
        """Refuse what is no whole number of this range."""
        if type(value) is not int or value < self.least:
            return f"a whole number, {self.least} or more"
        return None if value <= self.most else f"{self.most} or less"


@dataclasses.dataclass(frozen=True)
class Real(Kind):
    """A number, of which a rule holds."""

    rule: str
    holds: Callable[[float], bool]
    metavar: str = "X"

    def broken_rule(self, value: Any) -> str | None:
        """Refuse what is no number, or breaks the rule."""
        return None if type(value) in (int, float) and self.holds(value) else self.rule


NOT_NEGATIVE = Real("0 or more", lambda x: 0 <= x < math.inf)
POSITIVE = Real("above 0", lambda x: 0 < x < math.inf)
SHARE = Real("at least 0 and below 1", lambda x: 0 <= x < 1)
FACTOR = Real("above 0 and below 1", lambda x: 0 < x < 1)


@dataclasses.dataclass(frozen=True)
class Switch(Kind):
    """On or off; `off` names the flag that turns it off, if it is not --no-NAME."""

    off: str = ""
    metavar: str = ""

    def broken_rule(self, value: Any) -> str | None:
        """Refuse what is neither true nor false."""
        return None if isinstance(value, bool) else "true or false"


@dataclasses.dataclass(frozen=True)
class Text(Kind):
    """A text that TOML and the names of files can hold, perhaps in a notation."""

    metavar: str
    parse: Callable[[str], Any] | None = None

    def broken_rule(self, value: Any) -> str | None:
        """Refuse what is no such text; the notation refuses for itself."""
        plain = isinstance(value, str) and "\0" not in value and is_unicode(value)
        if not (value and plain):
            return "Unicode text, not empty"
        if self.parse is not None:
            self.parse(value)
        return None


class File(Text):
    """The name of a file or a folder."""
