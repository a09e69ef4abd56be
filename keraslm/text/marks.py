"""Words, punctuation and case as tokens of their own, so that nothing is lost.

The rule:
1. White space separates; a newline is the boundary `</s>`.
2. A word is letters and digits (with the marks that belong to them), and may hold
   apostrophes and hyphens inside: don't, well-known. An ideograph or kana is a token by
   itself, and so is every other character.
3. A token that follows the one before without white space carries the joiner in front.
4. A capitalised word is `<cap>` and the word in lower case; a word in capitals is
   `<upper>` and the word in lower case, both only where that can be undone exactly.
   Any other word stays as it is: iPhone. The joiner is at the word, not the mark.
5. `<unk>` between white space is the unknown token.

So `"Well," said MIT's Ann.` is the tokens
`" <cap> ￭well ￭, ￭" said MIT's <cap> ann ￭.`
"""

import functools
import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import ClassVar

import numpy as np

from keraslm.text.decoding import one_newline
from keraslm.text.tokenizer_base import Ids, IdType, Tokenizer
from keraslm.text.vocabulary import UNKNOWN, Vocabulary
from keraslm.text.words import LINE_END, WordTokenizer, words_of

JOINER = "￭"
CAP = "<cap>"
UPPER = "<upper>"
IDEOGRAPHS = (
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\uff66-\uff9f\U00020000-\U0003ffff"
)
INSIDE = "'\u2019\\-\u2010"  # straight and curly apostrophe, two hyphens
ASCII_PATTERN = re.compile(r"[A-Za-z0-9]+(?:['-][A-Za-z0-9]+)*|.", re.DOTALL)
MEMORY = 1 << 20  # words whose tokens are remembered


class MarkedTokenizer(WordTokenizer):
    """Words with punctuation separated and case marked; see the rule above."""

    name = "word-marks"
    # a space cannot be in a word: so a written "</s>" is told from a line end
    renamed: ClassVar[Mapping[str, str]] = {LINE_END: f" {LINE_END}"}

    def number(
        self, chunks: Iterable[str], numbers: dict[str, int], dtype: IdType
    ) -> Iterator[Ids]:
        """Yield the numbers of the tokens, in arrays; each word is split once."""

        def packed(joiner: str, part: str) -> bytes:
            ids = [numbers[token] for token in _marked(part, joiner)]
            return np.array(ids, dtype).tobytes()

        def packed_word(word: str) -> bytes:
            first, *rest = _parts(word)
            return b"".join((firsts[first], *map(others.__getitem__, rest)))

        firsts = _Remembered(functools.partial(packed, ""))
        others = _Remembered(functools.partial(packed, JOINER))
        all_words = _Remembered(packed_word)
        for words in self.word_lists(chunks):
            yield np.frombuffer(b"".join(map(all_words.__getitem__, words)), dtype)

    def prompt_tokens(self, text: str) -> list[str]:
        """The tokens of a prompt, `</s>` where it has a newline."""
        words = words_of(one_newline(text), self.renamed)
        return [token for word in words for token in tokens_of(word)]

    def unknown_tokens(self, text: str, vocabulary: Vocabulary) -> list[str]:
        """The tokens of a text that the vocabulary lacks, each once, in their order."""
        return Tokenizer.unknown_tokens(self, text, vocabulary)

    def pieces(self, ids: Iterable[int], vocabulary: Vocabulary) -> Iterator[str]:
        """Yield the text of each id: joined, in its case; "" for the mark of a case."""
        space = ""
        case: Callable[[str], str] = str
        for number in ids:
            token = vocabulary.token(number)
            if number == vocabulary.boundary_id:
                space, case = "", str
                yield "\n"
            elif token in CASES:
                case = CASES[token]
                yield ""
            else:
                joined = len(token) > 1 and token.startswith(JOINER)
                word = token[1:] if joined else token
                yield ("" if joined else space) + (case(word) if number else word)
                space, case = " ", str


def capitalised(word: str) -> str:
    """The word with its first letter in upper case."""
    return word[:1].upper() + word[1:]


CASES: Mapping[str, Callable[[str], str]] = {CAP: capitalised, UPPER: str.upper}


def tokens_of(word: str) -> list[str]:
    """The tokens of what stands between white space."""
    first, *rest = _parts(word)
    joined = (token for part in rest for token in _marked(part, JOINER))
    return [*_marked(first, ""), *joined]


def _parts(word: str) -> list[str]:
    """Words, ideographs and other characters, with their case and without joiners."""
    if word in (LINE_END, UNKNOWN):
        return [word]
    pattern = ASCII_PATTERN if word.isascii() else _pattern()
    return pattern.findall(word.lstrip(" "))


def _marked(part: str, joiner: str) -> tuple[str, ...]:
    """The part with its joiner, after the mark of its case if it has one."""
    lower = part.lower()
    if lower != part:
        for mark, restored in CASES.items():
            if restored(lower) == part:
                return mark, joiner + lower
    return (joiner + part,)


class _Remembered(dict[str, bytes]):
    """The packed ids of words, computed once each; forgets all when it is full."""

    def __init__(self, compute: Callable[[str], bytes]) -> None:
        super().__init__()
        self._compute = compute

    def __missing__(self, word: str) -> bytes:
        if len(self) >= MEMORY:
            self.clear()
        self[word] = ids = self._compute(word)
        return ids


@functools.cache
def _pattern() -> re.Pattern[str]:
    letter = f"[^\\W_{IDEOGRAPHS}]"
    inside = f"(?:{letter}|[{_marks()}])"
    word = f"{letter}{inside}*(?:[{INSIDE}]{letter}{inside}*)*"
    return re.compile(f"[{IDEOGRAPHS}]|{word}|.", re.DOTALL)


def _marks() -> str:
    """The accents and vowel signs of all scripts, as ranges of a character class."""
    codes = (
        code
        for code in range(0x300, 0x1F000)
        if unicodedata.category(chr(code)).startswith("M")
    )
    numbered = itertools.groupby(enumerate(codes), lambda pair: pair[1] - pair[0])
    runs = ([code for _, code in run] for _, run in numbered)
    return "".join(f"{chr(run[0])}-{chr(run[-1])}" for run in runs)
