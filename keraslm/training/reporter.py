"""What a run tells whoever watches it; the library itself never prints."""

from typing import Any

COMPILING = "compiling the first step"


class Reporter:
    """Told of every event of a run; does nothing with it. The command line overrides.

    `reading(done, total)` counts characters, `training(fraction, row)` is told the
    share of the run that is done and the latest row of the history.
    """

    def note(self, line: str) -> None:
        """Take a line for the user."""

    def reading(self, label: str, done: int, total: int) -> None:
        """Take the progress of reading a text."""

    def beginning(self, what: str) -> None:
        """Take what is done next, as long as nobody knows how long it takes."""

    def training(self, fraction: float, row: dict[str, Any]) -> None:
        """Take a row of the history."""

    def sample(self, heading: str, text: str) -> None:
        """Take a text that the model wrote."""
