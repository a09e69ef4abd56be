"""The words of an invented language: a stem for each word of a grammar, and suffixes.

Math:   word = stem, "ta" in the past, suffix of what it agrees with
        stem number k of n = syllables of (1871 k mod n), so that no two are the same
"""

from collections.abc import Mapping, Sequence

from keraslm_datasets.grammar import Grammar
from keraslm_datasets.grammar_rules import Part
from keraslm_datasets.synchronous import Agreement

CONSONANTS, VOWELS = "bdfgklmnprstvz", "aeiou"
SYLLABLES = [consonant + vowel for consonant in CONSONANTS for vowel in VOWELS]
SPREAD = 1871  # shares no factor with the number of stems, a power of 70
PAST = "ta"
NUMBERS = ("sg", "pl")
# Penn Treebank tags
KEPT = {"NNP", ",", ".", "?"}  # names and signs are the same in both languages
OPEN = {"NN", "NNS", "JJ", "JJR", "CD", "RB", "VB", "VBD", "VBN", "VBP", "VBZ"}
AGREEING = OPEN - {"RB"} | {"DT", "WDT", "WP", "PRP"}


class InventedWords:
    """Gives the word of the invented language for a word of the grammar.

    Stems have two syllables, those of small words one. Forms of a word have one stem:
    those of a row of a word list, and by `same_stem` those that are in different lists.
    """

    def __init__(
        self,
        grammar: Grammar,
        suffixes: Mapping[str, Sequence[str]],
        same_stem: Mapping[str, str],
    ) -> None:
        self._suffixes = {
            (kind, number): suffix
            for kind, forms in suffixes.items()
            for number, suffix in zip(NUMBERS, forms, strict=True)
        }
        self._paradigms, self._same_stem = grammar.paradigms, same_stem
        self._stems: dict[tuple[bool, str], str] = {}
        for rule in grammar.rules:
            for part in rule.parts:
                if part.tag and part.tag not in KEPT:
                    self._add(part.tag in OPEN, self._first_form(rule.left, part))

    def inflect(self, left: str, part: Part, agreement: Agreement) -> str:
        """Give the form of a word that a rule of the symbol `left` writes."""
        tag = part.tag or ""
        if tag in KEPT:
            return part.symbol
        stem = self._stems[tag in OPEN, self._first_form(left, part)]
        past = PAST if tag == "VBD" else ""
        return stem + past + (self._suffixes[agreement] if tag in AGREEING else "")

    def _add(self, is_open: bool, form: str) -> None:
        if (is_open, form) in self._stems:
            return
        number = sum(known == is_open for known, _ in self._stems)
        count = len(SYLLABLES)
        first, last = divmod(SPREAD * number % count**2, count)
        stem = SYLLABLES[first] + SYLLABLES[last]
        self._stems[is_open, form] = stem if is_open else stem[:2]

    def _first_form(self, left: str, part: Part) -> str:
        """Give the first form of a word, "dog" for "dogs"; its stem is that of it."""
        forms = self._paradigms.get((left, part.symbol), {})
        form = forms.get("sg", part.symbol)
        return self._same_stem.get(f"{form}/{part.tag}", form)
