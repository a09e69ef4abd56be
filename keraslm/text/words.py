"""The word level: what stands between white space is a token, as it is."""

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar

import numpy as np

from keraslm.errors import CorpusError
from keraslm.text.borders import SLICE, recut, slices
from keraslm.text.decoding import one_newline
from keraslm.text.tokenizer_base import Ids, Tokenizer, id_dtype
from keraslm.text.vocabulary import BOUNDARIES, LINE_START, UNKNOWN, Vocabulary

LONGEST_WORD = 1 << 20
LINE_END = BOUNDARIES["word"]


class WordTokenizer(Tokenizer):
    """White-space words as given; each line, an empty one too, ends with `</s>`.

    Only a newline ends a line. In the text itself `<unk>` is the unknown token, and so
    are `<s>` and `</s>`, which would otherwise be taken for line boundaries.
    """

    name = "word"
    level = "word"
    renamed: ClassVar[Mapping[str, str]] = {LINE_START: UNKNOWN, LINE_END: UNKNOWN}

    def count(self, chunks: Iterable[str]) -> Counter[str]:
        """How often each word occurs, and `</s>` once a line."""
        counter: Counter[str] = Counter()
        for words in self.word_lists(chunks):
            counter.update(words)
        return counter

    def encode(self, chunks: Iterable[str], vocabulary: Vocabulary) -> Iterator[Ids]:
        """Yield one id a word and one a line end."""
        id_of, unknown = vocabulary.ids.get, itertools.repeat(vocabulary.unknown_id)
        dtype = id_dtype(vocabulary)
        for words in self.word_lists(chunks):
            yield np.fromiter(map(id_of, words, unknown), dtype, len(words))

    def prompt_tokens(self, text: str) -> list[str]:
        """The words of a prompt, `</s>` where it has a newline."""
        return words_of(one_newline(text), self.renamed)

    def unknown_tokens(self, text: str, vocabulary: Vocabulary) -> list[str]:
        """The words that the vocabulary lacks; `<s>` and `</s>` are no words."""
        words = dict.fromkeys(text.split())
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
        last = "\n"
        for text in recut(slices(chunks, SLICE), str.isspace, _check_length):
            if text:
                last = text[-1]
                yield words_of(text, self.renamed)
        if last != "\n":
            yield [LINE_END]


def words_of(text: str, renamed: Mapping[str, str]) -> list[str]:
    """The words between white space and `</s>` at each newline.

    `renamed` says what becomes of words that could be taken for something else.
    """
    if not any(word in text for word in renamed):
        return text.replace("\n", f" {LINE_END} ").split()
    words: list[str] = []
    for line in text.split("\n"):
        words += (renamed.get(word, word) for word in line.split())
        words.append(LINE_END)
    return words[:-1]  # the last piece has not ended yet


def _check_length(size: int) -> None:
    if size > LONGEST_WORD:
        raise CorpusError(
            f"the text has a word of more than {LONGEST_WORD} characters; "
            "if it has no spaces between words, use --level char"
        )
