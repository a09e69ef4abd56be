"""Cutting the files of a text into parts that machines read one by one.

N-grams do not reach over the end of a line, so a text may be cut behind any newline
and counted part by part. A part is a run of pieces: whole files, or bytes of one.
"""

import dataclasses
import os
import pathlib
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from keraslm.errors import CorpusError
from keraslm.text.decoding import decoded
from keraslm.text.folder import joined
from keraslm.text.origin import Origin
from keraslm.text.source import CHUNK_SIZE, GZIP, opened, readable

SMALLEST, LARGEST = 1 << 20, 16 << 20  # bytes of a part, unless one line is longer
PACKED = 3  # a text is about so many times as long as its gzip file
BYTEWISE = ("utf-8", "ascii", "iso8859-", "cp125")  # 0a is a newline in these, always


@dataclasses.dataclass(frozen=True)
class Piece:
    """Bytes of a file from `start` up to `stop`; one that is packed is read whole."""

    path: str
    start: int
    stop: int
    size: int
    """Of the whole file: on another machine it may be another file."""
    is_packed: bool = False

    def chunks(self) -> Iterator[bytes]:
        """Yield the bytes, unpacked.

        Raises: UsageError if there is no such file; CorpusError if it has another size
            or is damaged.
        """
        with readable(self.path):
            self.check()
            with opened(self.path) as file:
                file.seek(self.start)
                place = self.start
                while self.is_packed or place < self.stop:
                    left = CHUNK_SIZE if self.is_packed else self.stop - place
                    data = file.read(min(left, CHUNK_SIZE))
                    if not data:
                        break
                    place += len(data)
                    yield data

    def check(self) -> None:
        """Refuse a file of another size.

        Raises: OSError if there is none; CorpusError
        """
        found = pathlib.Path(self.path).stat().st_size
        if found != self.size:
            raise CorpusError(
                f"{self.path} has {found:,} bytes here and {self.size:,} where the run "
                "began; the same file must lie on every machine"
            )


@dataclasses.dataclass(frozen=True)
class Part:
    """A run of pieces that are read as one text, in which lines are whole."""

    pieces: tuple[Piece, ...]
    encoding: str
    is_last: bool = False
    """Whether no other part follows; else a newline ends it, as one ends a file."""
    characters: int | None = None
    """How many are read; None is all of them."""

    def chunks(self) -> Iterator[str]:
        """Yield the text of the part."""
        chunks = joined(
            decoded(piece.chunks(), self.encoding, piece.path, piece.start)
            for piece in self.pieces
        )
        if not self.is_last:
            chunks = _ended(chunks)
        return chunks if self.characters is None else _first(chunks, self.characters)

    def length(self) -> int:
        """Count the characters."""
        return sum(map(len, self.chunks()))


def part_size(origin: Origin, threads: int) -> int:
    """Choose a size of the parts, in bytes, that gives every thread a few."""
    with readable(origin.paths[0]):
        total = sum(pathlib.Path(path).stat().st_size for path in origin.paths)
    return min(max(total // (3 * threads), SMALLEST), LARGEST)


def parts_of(origin: Origin, size: int) -> list[Part]:
    """Cut the files of a text into parts of about `size` bytes, at ends of lines.

    Files that are packed, or of an encoding with several bytes a character, stay whole.
    What `origin` says of the number of characters is left to `shortened`.
    """
    may_cut = is_bytewise(origin.encoding)
    pieces = (each for path in origin.paths for each in pieces_of(path, size, may_cut))
    parts = [Part(tuple(run), origin.encoding) for run in _runs(pieces, size)]
    while len(parts) > 1 and not any(parts[-1].chunks()):
        parts.pop()  # files of nothing but a byte order mark
    return [*parts[:-1], dataclasses.replace(parts[-1], is_last=True)]


def is_bytewise(encoding: str) -> bool:
    """Say whether files of an encoding may be cut behind any byte 0a."""
    return encoding.startswith(BYTEWISE) and encoding != "utf-8-sig"


def pieces_of(path: str, size: int, may_cut: bool) -> list[Piece]:
    """Cut one file at the first end of a line after every `size` bytes."""
    with readable(path), pathlib.Path(path).open("rb") as file:
        whole = os.fstat(file.fileno()).st_size
        is_packed = file.read(len(GZIP)) == GZIP
        cuts = [0]
        while may_cut and not is_packed and cuts[-1] + size < whole:
            cuts.append(_line_end(file, cuts[-1] + size, whole))
    spans = zip(cuts, [*cuts[1:], whole], strict=True)
    return [Piece(path, *span, whole, is_packed) for span in spans if span[0] < span[1]]


def shortened(parts: list[Part], lengths: Iterable[int], characters: int) -> list[Part]:
    """Give the parts of a text's first characters.

    Shapes: lengths (parts,), of each part in characters
    """
    kept: list[Part] = []
    for part, length in zip(parts, lengths, strict=True):
        if characters > 0:
            is_cut = length > characters
            new = dataclasses.replace(part, characters=characters) if is_cut else part
            kept.append(new)
        characters -= length
    return kept


def _runs(pieces: Iterable[Piece], size: int) -> Iterator[list[Piece]]:
    """Put small pieces together."""
    run: list[Piece] = []
    held = 0
    for piece in pieces:
        run.append(piece)
        held += (piece.stop - piece.start) * (PACKED if piece.is_packed else 1)
        if held >= size:
            yield run
            run, held = [], 0
    if run:
        yield run


def _line_end(file: BinaryIO, place: int, end: int) -> int:
    """Find the place behind the first newline at or after `place`."""
    file.seek(place)
    while data := file.read(CHUNK_SIZE):
        found = data.find(b"\n")
        if found >= 0:
            return place + found + 1
        place += len(data)
    return end


def _ended(chunks: Iterable[str]) -> Iterator[str]:
    last = "\n"
    for chunk in chunks:
        last = chunk[-1]
        yield chunk
    if last != "\n":
        yield "\n"


def _first(chunks: Iterable[str], characters: int) -> Iterator[str]:
    for chunk in chunks:
        if characters <= 0:
            return
        yield chunk[:characters]
        characters -= len(chunk)
