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

    @property
    def is_whole(self) -> bool:
        """Whether all that the files hold is the text."""
        return self.characters == sys.maxsize

    def up_to(self, characters: int) -> "Origin":
        """Give the first characters of the text."""
        fewer = min(self.characters, characters)
        return dataclasses.replace(self, characters=fewer)
