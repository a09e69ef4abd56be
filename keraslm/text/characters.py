"""The character level: every Unicode character of the NFC text is a token."""

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from keraslm.text.borders import SLICE, recut, slices
from keraslm.text.decoding import one_newline
from keraslm.text.normalisation import code_points, nfc
from keraslm.text.tokenizer_base import Ids, IdType, Tokenizer
from keraslm.text.vocabulary import Vocabulary

Counts = npt.NDArray[np.intp]
CODE_POINTS = 0x110000
UNKNOWN_CHARACTER = "\N{REPLACEMENT CHARACTER}"
# Characters that never merge with the one before, so that NFC may be applied to each
# side alone: Latin, Greek and Cyrillic letters, kana, ideographs, Hangul, emoji.
STARTERS = (
    (0x0000, 0x02FF),
    (0x0370, 0x0482),
    (0x3000, 0x3029),
    (0x3041, 0x3096),
    (0x30A0, 0x30FB),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xAC00, 0xD7A3),
    (0x1F000, 0x1F3FA),
    (0x1F400, 0x1FAFF),
)


class CharTokenizer(Tokenizer):
    """Unicode characters, NFC, so that "e" + accent and "é" are one token.

    A newline is the boundary. An id 0 is printed as U+FFFD, Unicode's character for
    one that is not known.
    """

    name = "char"
    level = "char"

    def number(
        self, chunks: Iterable[str], numbers: dict[str, int], dtype: IdType
    ) -> Iterator[Ids]:
        """Yield one number a character, by looking its code point up in a table."""
        table, met = np.zeros(CODE_POINTS, dtype), np.zeros(CODE_POINTS, bool)
        for text in normalized(chunks):
            codes = _code_points(text)
            if not (is_met := met[codes]).all():
                for code in np.unique(codes[~is_met]).tolist():
                    table[code], met[code] = numbers[chr(code)], True
            yield table[codes]

    def prompt_tokens(self, text: str) -> list[str]:
        """The characters of a prompt."""
        return list(nfc(one_newline(text)))

    def pieces(self, ids: Iterable[int], vocabulary: Vocabulary) -> Iterator[str]:
        """Yield the character of each id."""
        characters = (UNKNOWN_CHARACTER, *vocabulary.tokens[1:])
        return (characters[number] for number in ids)


def normalized(chunks: Iterable[str]) -> Iterator[str]:
    """Normalize a stream: the same text for any chunks, and no empty chunk."""
    for text in recut(slices(chunks, SLICE), _starts_anew):
        if text:
            yield nfc(text)


def _starts_anew(character: str) -> bool:
    code = ord(character)
    return any(first <= code <= last for first, last in STARTERS)


def _code_points(text: str) -> npt.NDArray[np.uint8] | npt.NDArray[np.uint32]:
    if text.isascii():
        return np.frombuffer(text.encode("ascii"), np.uint8)
    return code_points(text)
