"""A word, a space and the bytes of its numbers, as word2vec writes binary files."""

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from keraslm.vectors.text_lines import LONGEST, finite

BYTES = 4  # of a number: float32, the lowest byte first
LONGEST_WORD = 1 << 12  # bytes
SPACED = 64  # bytes of a word that follow its first space, at most
USUAL = (1e-12, 1e9)  # between these lies the size of most numbers but 0
MOST = 0.9
ENDS = b"\r\n"


class BinaryWords:
    """Words with `width` float32 each; a newline after a vector may be there or not.

    A word may hold spaces: its vector then begins at the first space after which the
    bytes are usual numbers and another word, or the end of the file, follows.

    Raises: ValueError if a vector is longer than any line may be.
    References: Mikolov et al. (2013), whose program writes it.
    """

    unit = "word"

    def __init__(self, width: int) -> None:
        self.width = width
        self._bytes = BYTES * width
        if self._bytes > LONGEST:
            raise ValueError(
                f"line 1 claims {width:,} numbers a word, which is too many"
            )

    def records(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Cut bytes into words with their vectors; the last may be cut short.

        Raises: ValueError at a word that does not end, or that no vector follows.
        """
        block, place, chunks = b"", 0, iter(chunks)
        seen = 2 * LONGEST_WORD + self._bytes  # a word, its vector and the next word
        while True:
            if len(block) - place < seen and (chunk := next(chunks, b"")):
                block, place = block[place:] + chunk, 0
                continue
            if not block[place : place + SPACED].strip(ENDS):
                return
            end = self._end(block, place)
            yield block[place:end]
            place = end

    def _end(self, block: bytes, place: int) -> int:
        """Find where the vector of the word at a place ends."""
        space = block.find(b" ", place, place + LONGEST_WORD)
        if space < 0 and len(block) - place > LONGEST_WORD:
            raise ValueError(f"its word is longer than {LONGEST_WORD:,} bytes")
        if space < 0 or space + 1 + self._bytes > len(block):
            return len(block)  # it is cut short
        first = space + 1 + self._bytes
        last = min(space + 1 + SPACED, first)
        second = block.find(b" ", space + 1, last)
        if second < 0 or not _is_text(block[space + 1 : second]):
            return first
        ends = list(self._ends(block, space, last))
        share = {end: self._usual(block[end - self._bytes : end]) for end in ends}
        followed = [end for end in ends if _begins_word(block, end)]
        likely = [end for end in followed if share[end] >= MOST]
        if likely:
            return max(likely, key=share.__getitem__)
        if first in followed or share[first] >= MOST:
            return first
        if not followed:
            raise ValueError("no vector follows its word; the file is damaged")
        return followed[0]

    def _ends(self, block: bytes, space: int, last: int) -> Iterator[int]:
        """Yield the ends of the vectors that may begin after a space of the word."""
        while space >= 0 and space + 1 + self._bytes <= len(block):
            yield space + 1 + self._bytes
            space = block.find(b" ", space + 1, last)

    def _usual(self, numbers: bytes) -> float:
        """Give the share of numbers that are of a size that numbers have."""
        with np.errstate(invalid="ignore"):
            sizes = np.abs(np.frombuffer(numbers, "<f4"))
            usual = (sizes == 0) | ((sizes > USUAL[0]) & (sizes < USUAL[1]))
        return float(usual.mean())

    def split(self, record: bytes) -> tuple[bytes, bytes]:
        """Cut a record into its word and the bytes of its vector.

        Raises: ValueError with the reason if it is cut short or has no word.
        """
        word, numbers = record[: -self._bytes - 1], record[-self._bytes :]
        if len(record) <= self._bytes or record[-self._bytes - 1] != ord(" "):
            word, _, numbers = record.partition(b" ")
        word = word.lstrip(ENDS)
        if len(numbers) < self._bytes:
            raise ValueError(
                f"the file is cut short: {len(numbers)} of the {self._bytes} bytes "
                "of its vector are there"
            )
        if not word:
            raise ValueError("there is no word before the vector")
        return word, numbers

    def vector(self, numbers: bytes) -> npt.NDArray[np.float32]:
        """Read the numbers.

        Shapes: -> (width,)
        Raises: ValueError with the reason if one is not finite.
        """
        return finite(np.frombuffer(numbers, "<f4"))


def _begins_word(block: bytes, place: int) -> bool:
    """Say whether a newline, a word, or the end of the file is at a place."""
    rest = block[place : place + LONGEST_WORD]
    word, space, _ = rest.partition(b" ")
    if not rest or rest.startswith((b"\n", b"\r\n")):
        return True
    return bool(word and space) and _is_text(word)


def _is_text(data: bytes) -> bool:
    try:
        return min(data.decode(), default=" ") >= "\t"
    except UnicodeDecodeError:
        return False
