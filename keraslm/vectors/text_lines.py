"""A word and its numbers a line, as GloVe, word2vec and fastText write text."""

import itertools
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

LONGEST = 1 << 18  # bytes of a line, or of a word and its vector


class TextLines:
    """Lines of a word and `width` numbers, with spaces between them, or `tabs` too.

    Only the byte 20 is a space and only 0a ends a line: words may hold any other white
    space. A word may hold spaces too (GloVe 840B): the last numbers are the vector.
    Empty lines at the end are none.
    """

    unit = "line"

    def __init__(self, width: int, tabs: bool = False) -> None:
        self.width = width
        self.tabs = tabs

    def records(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Cut bytes into lines.

        Raises: ValueError at a line that does not end.
        """
        rest, empty = b"", 0
        for chunk in itertools.chain(chunks, [b"\n"]):
            lines = (rest + chunk).split(b"\n")
            rest = lines.pop()
            for line in lines:
                if not line or not line.strip():
                    empty += 1
                    continue
                yield from itertools.repeat(b"", empty)
                empty = 0
                yield line
            if len(rest) > LONGEST:
                raise ValueError(f"it is longer than {LONGEST:,} bytes")

    def split(self, line: bytes) -> tuple[bytes, bytes]:
        """Cut a line into its word and its numbers, which are not read yet.

        Raises: ValueError with the reason if there are too few or too many numbers.
        """
        line = line.replace(b"\t", b" ") if self.tabs else line
        line = line.rstrip(b" \r")
        if line.count(b" ") == self.width:
            word, _, numbers = line.partition(b" ")
            if word:
                return word, numbers
        return self._split_odd(line)

    def _split_odd(self, line: bytes) -> tuple[bytes, bytes]:
        fields = [field for field in line.split(b" ") if field]
        surplus = len(fields) > self.width + 1 and is_number(fields[-self.width - 1])
        if surplus or len(fields) <= self.width:
            raise ValueError(
                f"a word and {self.width} numbers were expected; "
                f"received {len(fields)} fields"
            )
        return b" ".join(fields[: -self.width]), b" ".join(fields[-self.width :])

    def vector(self, numbers: bytes) -> npt.NDArray[np.float32]:
        """Read the numbers.

        Shapes: -> (width,)
        Raises: ValueError with the reason if they are not so many, or not finite.
        """
        fields = numbers.split()
        if len(fields) != self.width:
            raise ValueError(f"{self.width} numbers were expected; found {len(fields)}")
        read = _number if b"_" in numbers else float  # float would take 1_000
        try:
            values = np.fromiter(map(read, fields), np.float64, self.width)
        except ValueError:
            values = np.array([_number(field) for field in fields])
        return finite(values)


def is_number(field: bytes) -> bool:
    """Say whether bytes are a number, be it inf or nan."""
    try:
        _number(field)
    except ValueError:
        return False
    return True


def finite(values: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
    """Give numbers as float32.

    Raises: ValueError naming the first that is infinite, too large, or no number.
    """
    with np.errstate(over="ignore"):
        vector = values.astype(np.float32)
    wrong = np.flatnonzero(~np.isfinite(vector))
    if len(wrong):
        place = int(wrong[0])
        raise ValueError(f"number {place + 1} is {values[place]}, not a finite one")
    return vector


def _number(field: bytes) -> float:
    try:
        if b"_" not in field:
            return float(field)
    except ValueError:
        pass
    shown = field[:40].decode("utf-8", "replace")
    raise ValueError(f"a number was expected; received {shown!r}")
