"""The word level: what stands between white space is a token, as it is.

White space is that of ASCII, as for KenLM: a no-break space is part of its word.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar

import numpy as np

from keraslm.errors import CorpusError
from keraslm.text.borders import SLICE, recut, slices
from keraslm.text.decoding import one_newline
from keraslm.text.distinct import WHITE, MetWords, distinct_words
from keraslm.text.tokenizer_base import Ids, IdType, Tokenizer
from keraslm.text.vocabulary import BOUNDARIES, LINE_START, UNKNOWN, Vocabulary

LONGEST_WORD = 1 << 20
WIDE_SLICE = 1 << 18  # characters whose different words are found at once
LINE_END = BOUNDARIES["word"]
WORD = re.compile(f"[^{WHITE}]+")
OTHER_WHITE = (  # which Python's str.split would take for white space too
    "\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006"
    "\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)


class WordTokenizer(Tokenizer):
    """White-space words as given; each line, an empty one too, ends with `</s>`.

    Only a newline ends a line. In the text itself `<unk>` is the unknown token, and so
    are `<s>` and `</s>`, which would otherwise be taken for line boundaries.
    """

    name = "word"
    level = "word"
    renamed: ClassVar[Mapping[str, str]] = {LINE_START: UNKNOWN, LINE_END: UNKNOWN}

    def number(
        self, chunks: Iterable[str], numbers: dict[str, int], dtype: IdType
    ) -> Iterator[Ids]:
        """Yield one number a word and one a line end."""
        met = MetWords()
        for text in self._slices(chunks, WIDE_SLICE):
            if any(word in text for word in self.renamed):
                words = words_of(text, self.renamed)
                yield np.fromiter(map(numbers.__getitem__, words), dtype, len(words))
                continue
            found = distinct_words(text.replace("\n", f" {LINE_END} "))
            ids: Ids = met.numbers_of(found, numbers).astype(dtype)
            yield ids[found.index]

    def prompt_tokens(self, text: str) -> list[str]:
        """The words of a prompt, `</s>` where it has a newline."""
        return words_of(one_newline(text), self.renamed)

    def unknown_tokens(self, text: str, vocabulary: Vocabulary) -> list[str]:
        """The words that the vocabulary lacks; `<s>` and `</s>` are no words."""
        words = dict.fromkeys(split(text))
        known = vocabulary.ids.keys() - self.renamed.keys()
        return [word for word in words if word not in known]

    def pieces(self, ids: Iterable[int], vocabulary: Vocabulary) -> Iterator[str]:
        """Yield each word with a space before it, but none at the start of a line."""
        space = ""
        for number in ids:
            if number == vocabulary.boundary_id:
                space = ""
                yield "\n"
            else:
                yield space + vocabulary.token(number)
                space = " "

    def word_lists(self, chunks: Iterable[str]) -> Iterator[list[str]]:
        """Yield the words between white space, and `</s>`, list by list."""
        for text in self._slices(chunks, SLICE):
            yield words_of(text, self.renamed)

    def _slices(self, chunks: Iterable[str], size: int) -> Iterator[str]:
        """Yield the text in pieces of whole words, its last line ended."""
        last = "\n"
        for text in recut(slices(chunks, size), WHITE.__contains__, _check_length):
            if text:
                last = text[-1]
                yield text
        if last != "\n":
            yield "\n"


def split(text: str) -> list[str]:
    """The words between white space."""
    unusual = any(character in text for character in OTHER_WHITE)
    return WORD.findall(text) if unusual else text.split()


def words_of(text: str, renamed: Mapping[str, str]) -> list[str]:
    """The words between white space and `</s>` at each newline.

    `renamed` says what becomes of words that could be taken for something else.
    """
    if not any(word in text for word in renamed):
        return split(text.replace("\n", f" {LINE_END} "))
    words: list[str] = []
    for line in text.split("\n"):
        words += (renamed.get(word, word) for word in split(line))
        words.append(LINE_END)
    return words[:-1]  # the last piece has not ended yet


def _check_length(size: int) -> None:
    if size > LONGEST_WORD:
        raise CorpusError(
            f"the text has a word of more than {LONGEST_WORD} characters; "
            "if it has no spaces between words, use `level='char'`"
        )
