"""The lines of an ARPA file: comments, keywords and the rows between them.

    # a comment      only before the first keyword, as for KenLM
    \\data\\           a keyword, which ends the rows before it
    ngram 1=4        a row

Empty lines may stand anywhere.
"""

import contextlib
import os
import pathlib
import re
from collections.abc import Iterator

from keraslm.errors import ModelFileError
from keraslm.text.source import DAMAGED_GZIP, opened

LONGEST_LINE = 1 << 20  # bytes
LARGEST_SHARE = 100  # times, of the unpacked text in the packed file
BLOCK = 1 << 14  # rows that are read at once
HEAD = 1 << 16  # bytes in which a file has to show what it is
BACKSLASH = ord("\\")
MARK = b"\xef\xbb\xbf"  # of UTF-8
OTHERS = {  # what other formats begin with
    b"iARPA": "IRSTLM's own format: write ARPA with compile-lm --text=yes",
    b"qARPA": "IRSTLM's own format: write ARPA with compile-lm --text=yes",
    b"blmt": "IRSTLM's own format: write ARPA with compile-lm --text=yes",
    b"mmap lm http://kheafield.com/code": "KenLM's own format: give the ARPA file",
}

Row = list[bytes]


def is_arpa(path: str | os.PathLike[str]) -> bool:
    """Say whether a file, packed with gzip or not, is an ARPA file, or should be one.

    It has a line \\data\\ near its start, or a name that ends with .arpa; a file of
    another program's own format counts too, so that the reader says what it is.
    """
    try:
        with opened(path) as file:
            head = file.read(HEAD)
    except (OSError, *DAMAGED_GZIP):
        return False
    if head.startswith(b"PK"):  # a zip archive, as models are
        return False
    has_data = re.search(rb"^[ \t]*\\data\\\s*$", head.removeprefix(MARK), re.MULTILINE)
    is_named = pathlib.Path(path).name.endswith((".arpa", ".arpa.gz"))
    return has_data is not None or is_named or head.startswith(tuple(OTHERS))


@contextlib.contextmanager
def lines_of(path: str | os.PathLike[str]) -> Iterator["Lines"]:
    """Open an ARPA file, packed with gzip or not, to read its lines.

    Raises: ModelFileError for a line of a megabyte, for much more text than an n-gram
        model packed with gzip can hold, and for a damaged gzip file.
    """
    try:
        with opened(path) as file:
            yield Lines(_bounded(path, file))
    except DAMAGED_GZIP as error:
        raise ModelFileError(f"{path} is a damaged gzip file: {error}") from error


def _bounded(path: str | os.PathLike[str], file: object) -> Iterator[bytes]:
    """Yield the lines of a file, if it does not unpack like a bomb."""
    left = LARGEST_SHARE * pathlib.Path(path).stat().st_size + LONGEST_LINE
    while line := file.readline(LONGEST_LINE):  # type: ignore[attr-defined]
        left -= len(line)
        if len(line) == LONGEST_LINE or left < 0:
            raise ModelFileError(
                f"{path} is no ARPA file: it has a line of {LONGEST_LINE:,} bytes, or "
                f"unpacks to more than {LARGEST_SHARE} times its size"
            )
        yield line


class Lines:
    """Yields rows up to the next keyword, and knows at which line it is.

    White space is spaces, tabs and the carriage returns of Windows: for KenLM, too, a
    vertical tab may stand in a word. Empty lines are passed over.
    """

    def __init__(self, lines: Iterator[bytes]) -> None:
        self.number = 0
        self._lines = lines
        self._keyword: bytes | None = None

    def comments(self) -> Iterator[bytes]:
        """Yield the lines that begin with # before the first line of another kind."""
        for line in self._numbered():
            if self.number == 1:
                line = line.removeprefix(MARK)
            if line.startswith(b"#"):
                yield line.strip()
            elif line.strip():
                self._keyword = b" ".join(_cut(line))
                return

    def keyword(self) -> bytes | None:
        """Give the next line that is not empty, which should be a keyword, or None."""
        found, self._keyword = self._keyword, None
        if found is not None:
            return found
        rows = filter(None, map(_cut, self._numbered()))
        return next(map(b" ".join, rows), None)

    def blocks(self) -> Iterator[tuple[list[Row], list[int]]]:
        """Yield rows cut at white space, and their lines' numbers, BLOCK at a time."""
        rows: list[Row] = []
        numbers: list[int] = []
        for line in self._numbered():
            if not (row := _cut(line)):
                continue
            if row[0][0] == BACKSLASH:
                self._keyword = b" ".join(row)
                break
            rows.append(row)
            numbers.append(self.number)
            if len(rows) == BLOCK:
                yield rows, numbers
                rows, numbers = [], []
        yield rows, numbers

    def _numbered(self) -> Iterator[bytes]:
        for line in self._lines:
            self.number += 1
            yield line


def _cut(line: bytes) -> Row:
    if b"\v" not in line and b"\f" not in line:
        return line.split()
    return re.findall(rb"[^ \t\r\n]+", line) if line.strip() else []
