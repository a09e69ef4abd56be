"""A word, a space and the bytes of its numbers, as word2vec writes binary files."""

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from keraslm.vectors.text_lines import LONGEST, finite

BYTES = 4  # of a number: float32, the lowest byte first


class BinaryWords:
    """Words with `width` float32 each; a newline after a vector may be there or not.

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

        Raises: ValueError at a word that does not end.
        """
        block, place = b"", 0
        for chunk in chunks:
            block, place = block[place:] + chunk, 0
            while (space := block.find(b" ", place)) >= 0:
                end = space + 1 + self._bytes
                if end > len(block):
                    break
                yield block[place:end]
                place = end
            if space < 0 and len(block) - place > LONGEST:
                raise ValueError(f"it is longer than {LONGEST:,} bytes")
        if block[place:].strip(b"\r\n"):
            yield block[place:]

    def split(self, record: bytes) -> tuple[bytes, bytes]:
        """Cut a record into its word and the bytes of its vector.

        Raises: ValueError with the reason if it is cut short or has no word.
        """
        word, _, numbers = record.partition(b" ")
        word = word.lstrip(b"\r\n")
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
