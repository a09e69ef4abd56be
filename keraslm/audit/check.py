"""One figure of an audit, and how large it may be."""

import dataclasses
from typing import Any


@dataclasses.dataclass(frozen=True)
class Check:
    """A figure that should be small; without a limit it is only reported."""

    name: str
    figure: float
    limit: float | None
    meaning: str

    @property
    def passed(self) -> bool | None:
        """Whether the figure is within its limit, None without one; NaN is not."""
        return None if self.limit is None else self.figure <= self.limit

    def to_dict(self) -> dict[str, Any]:
        """What JSON can hold."""
        return {**dataclasses.asdict(self), "passed": self.passed}
