"""The files that a text lies in, for those that read it in parts."""

import dataclasses
import sys


@dataclasses.dataclass(frozen=True)
class Origin:
    """Files in their order, and how much of what they hold is the text.

    Between two files stands a newline where the first lacks its last one.
    """

    paths: tuple[str, ...]
    encoding: str
    characters: int = sys.maxsize
    """The text ends after so many characters of the files, if not before."""

    def up_to(self, characters: int) -> "Origin":
        """Give the first characters of the text."""
        return dataclasses.replace(
            self, characters=min(self.characters, characters)
        )
