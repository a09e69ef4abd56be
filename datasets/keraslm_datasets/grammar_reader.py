"""The readable rule file of a weighted context-free grammar.

    # a comment
    feature number: sg pl
    Sentence -> 3 Clause[number] ./. | Clause[sg] ?/.
    Clause[number] -> subject:Noun[number] verb:Verb[number]
    words Noun[number] NN NNS: dog dogs | cat cats | cow cows
    words Verb[number] VBZ VBP: 3 sleeps sleep | 1 runs run

- A statement that goes on over several lines has its further lines indented.
- `feature` names values. A rule that names the feature stands for one rule for each
  value; the same feature has the same value all over the rule. A feature that stands
  on the right only takes each of its values, with the same weight.
- An alternative may begin with its weight, a whole number; without one it is 1.
- `word/TAG` is a word. `label:` before a part gives its role, `*` marks the head.
- `words` is a table: the first column has the first value of the feature, and so on.
  Without weights, words are written from frequent to rare: row r has a weight in
  proportion to 1 / (r + 10), the law of Zipf and Mandelbrot.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace

from keraslm_datasets.grammar import Grammar
from keraslm_datasets.grammar_notation import (
    Token,
    arguments,
    fill,
    read_part,
    read_rows,
    read_symbol,
    read_word,
    split_alternatives,
    split_weight,
)
from keraslm_datasets.grammar_rules import GrammarError, Part, Rule

Features = dict[str, tuple[str, ...]]

_VALUE = re.compile(r"[a-z]+")


def read_grammar(text: str) -> Grammar:
    """Read the text of a rule file.

    Raises: GrammarError with the line and the reason, for any text that is not one.
    """
    reader = _Reader()
    for tokens in _statements(text):
        reader.read(tokens)
    grammar = Grammar(reader.rules, reader.classes, reader.paradigms)
    used = {rule.line for rule in grammar.rules}
    for line in sorted(reader.lines - used):
        raise GrammarError(line, "this is not reached from the first rule")
    return grammar


def _statements(text: str) -> Iterator[list[Token]]:
    """The tokens of each statement: a line and the indented lines below it."""
    statement: list[Token] = []
    for number, line in enumerate(text.split("\n"), start=1):
        content = re.sub(r"(^|\s)#.*", "", line)
        tokens = [(piece, number) for piece in content.split()]
        if tokens and not line[0].isspace():
            if statement:
                yield statement
            statement = tokens
        elif tokens and not statement:
            raise GrammarError(number, "the first statement must not be indented")
        else:
            statement = statement + tokens
    if statement:
        yield statement


class _Reader:
    """Collects the rules of one file, statement by statement."""

    def __init__(self) -> None:
        self.features: Features = {}
        self.rules: list[Rule] = []
        self.classes: dict[str, str] = {}
        self.paradigms: dict[tuple[str, str], dict[str, str]] = {}
        self.lines: set[int] = set()

    def read(self, tokens: list[Token]) -> None:
        """Read one statement: a feature, a word list or a rule."""
        first, line = tokens[0]
        if first == "feature":
            self._read_feature(tokens)
        elif first == "words":
            self._read_words(tokens)
        elif len(tokens) > 1 and tokens[1][0] == "->":
            self._read_rule(tokens)
        else:
            raise GrammarError(
                line,
                "a statement is `feature name: ...`, `words Name TAG: ...` or "
                f"`Name -> ...`; received {first!r}",
            )

    def _read_feature(self, tokens: list[Token]) -> None:
        line = tokens[0][1]
        pieces = [piece for piece, _ in tokens[1:]]
        if len(pieces) < 2 or not pieces[0].endswith(":"):
            raise GrammarError(line, "a feature is `feature name: value value ...`")
        feature, values = pieces[0].removesuffix(":"), tuple(pieces[1:])
        for word in (feature, *values):
            if not _VALUE.fullmatch(word):
                raise GrammarError(
                    line, f"names and values are small letters a-z; received {word!r}"
                )
        if feature in self.features or len({feature, *values}) <= len(values):
            raise GrammarError(line, f"a name of feature {feature} is given twice")
        self.features[feature] = values

    def _read_rule(self, tokens: list[Token]) -> None:
        line = tokens[0][1]
        left = read_symbol(tokens[0][0], line)
        for alternative in split_alternatives(tokens[2:], tokens[1][1]):
            weight, rest = split_weight(alternative)
            parts = [read_part(token) for token in rest]
            symbols = [left, *(part.symbol for part in parts if not part.tag)]
            for chosen in self._choices(symbols):
                filled = tuple(_fill_part(part, chosen) for part in parts)
                self._add(Rule(fill(left, chosen), filled, weight, alternative[0][1]))

    def _choices(self, symbols: list[str]) -> Iterator[dict[str, str]]:
        """Each choice of values for the features that the symbols hold."""
        held = dict.fromkeys(a for symbol in symbols for a in arguments(symbol))
        features = [a for a in held if a in self.features]
        for values in itertools.product(*(self.features[f] for f in features)):
            yield dict(zip(features, values, strict=True))

    def _read_words(self, tokens: list[Token]) -> None:
        line = tokens[0][1]
        pieces = [piece for piece, _ in tokens]
        ends = [i for i, piece in enumerate(pieces) if i > 1 and piece.endswith(":")]
        if not ends:
            raise GrammarError(
                line, "a word list is `words Name[feature] TAG ...: ...`"
            )
        symbol = read_symbol(pieces[1], line)
        tags = pieces[2 : ends[0] + 1]
        tags[-1] = tags[-1].removesuffix(":")
        columns = self._columns(symbol, tags, line)
        rows = split_alternatives(tokens[ends[0] + 1 :], line)
        for forms, weight, row_line in read_rows(rows, len(columns)):
            paradigm = dict(zip(columns.values(), forms, strict=True))
            for left, form, tag in zip(columns, forms, tags, strict=True):
                word = Part(*read_word(f"{form}/{tag}", row_line))
                self._add(Rule(left, (word,), weight, row_line))
                self.paradigms[left, form] = paradigm
                self.classes.setdefault(form, self._class_of(symbol))

    def _add(self, rule: Rule) -> None:
        self.lines.add(rule.line)
        self.rules.append(rule)

    def _columns(self, symbol: str, tags: list[str], line: int) -> dict[str, str]:
        """The non-terminal of each column of a word list, and its value."""
        features = [a for a in arguments(symbol) if a in self.features]
        if len(features) > 1:
            raise GrammarError(line, f"a word list has one feature; received {symbol}")
        values = self.features[features[0]] if features else ("",)
        if len(values) != len(tags):
            raise GrammarError(
                line,
                f"{symbol} has {len(values)} columns, so it needs as many tags; "
                f"received {len(tags)}",
            )
        return {fill(symbol, dict.fromkeys(features, v)): v for v in values}

    def _class_of(self, symbol: str) -> str:
        """The class of a word list: `Noun[animal,number]` is `noun animal`."""
        literals = [a for a in arguments(symbol) if a not in self.features]
        return " ".join([symbol.partition("[")[0].lower(), *literals])


def _fill_part(part: Part, chosen: dict[str, str]) -> Part:
    return part if part.tag else replace(part, symbol=fill(part.symbol, chosen))
