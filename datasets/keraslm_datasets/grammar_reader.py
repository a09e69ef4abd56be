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
from collections.abc import Iterator, Mapping, Sequence

from keraslm_datasets.grammar import Grammar, GrammarError, Part, Rule

Token = tuple[str, int]  # a piece of the file and the number of its line
Features = dict[str, tuple[str, ...]]

_NAME = re.compile(r"[A-Z][A-Za-z]*(\[[a-z]+(,[a-z]+)*\])?")
_ROLE = re.compile(r"((?:[a-z]+:)*)(\*?)(.+)")
_WORD = re.compile(r"([^\s/|:*#]+)/([^\s/|:*#]+)")
_VALUE = re.compile(r"[a-z]+")
_ZIPF_SCALE, _ZIPF_SHIFT = 2000, 10


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
        words = [piece for piece, _ in tokens[1:]]
        name = words[0].removesuffix(":") if words else ""
        values = tuple(words[1:])
        if not words or not words[0].endswith(":") or not values:
            raise GrammarError(line, "a feature is `feature name: value value ...`")
        for word in (name, *values):
            if not _VALUE.fullmatch(word):
                raise GrammarError(
                    line, f"names and values are small letters a-z; received {word!r}"
                )
        if name in self.features or name in values or len(set(values)) < len(values):
            raise GrammarError(line, f"a name of feature {name} is given twice")
        self.features[name] = values

    def _read_rule(self, tokens: list[Token]) -> None:
        left, line = tokens[0]
        for alternative in _alternatives(tokens[2:], tokens[1][1]):
            weight, rest = _weight(alternative)
            if not rest:
                raise GrammarError(
                    alternative[-1][1], "an alternative needs at least one part"
                )
            parts = [_part(token) for token in rest]
            for filled in self._instances([_name(left, line), *_symbols(parts)]):
                self._add(filled, parts, weight, alternative[0][1])

    def _add(
        self, filled: Sequence[str], parts: list[Part], weight: int, line: int
    ) -> None:
        names = iter(filled[1:])
        concrete = [
            p if p.tag else Part(next(names), None, p.labels, p.head) for p in parts
        ]
        self.lines.add(line)
        self.rules.append(Rule(filled[0], tuple(concrete), weight, line))

    def _instances(self, names: list[str]) -> Iterator[list[str]]:
        """The names under each choice of values for the features that they hold."""
        held = dict.fromkeys(arg for name in names for arg in _arguments(name))
        features = [arg for arg in held if arg in self.features]
        for values in itertools.product(*(self.features[f] for f in features)):
            chosen = dict(zip(features, values, strict=True))
            yield [_fill(name, chosen) for name in names]

    def _read_words(self, tokens: list[Token]) -> None:
        line = tokens[0][1]
        pieces = [piece for piece, _ in tokens]
        end = next((i for i, p in enumerate(pieces) if i > 1 and p.endswith(":")), None)
        if end is None or end < 2:
            raise GrammarError(line, "a word list is `words Name[feature] TAG: ...`")
        name = _name(pieces[1], line)
        tags = [*pieces[2:end], pieces[end].removesuffix(":")]
        columns = self._columns(name, tags, line)
        rows = _alternatives(tokens[end + 1 :], line)
        for (row_line, weight), forms in _rows(rows, len(columns)):
            paradigm = dict(zip(columns.values(), forms, strict=True))
            for (left, _), form, tag in zip(columns.items(), forms, tags, strict=True):
                part = Part(*_split_word(f"{form}/{tag}", row_line))
                self._add_word(left, part, weight, row_line)
                self.paradigms[left, form] = paradigm
                self.classes.setdefault(form, _class_of(name, self.features))

    def _add_word(self, left: str, part: Part, weight: int, line: int) -> None:
        self.lines.add(line)
        self.rules.append(Rule(left, (part,), weight, line))

    def _columns(self, name: str, tags: list[str], line: int) -> dict[str, str]:
        """The non-terminal of each column of a word list, and its value."""
        features = [arg for arg in _arguments(name) if arg in self.features]
        if len(features) > 1:
            raise GrammarError(line, f"a word list has one feature; received {name}")
        values = self.features[features[0]] if features else ("",)
        if len(values) != len(tags):
            raise GrammarError(
                line,
                f"{name} has {len(values)} columns, so it needs as many tags; "
                f"received {len(tags)}",
            )
        return {_fill(name, {f: v for f in features}): v for v in values}


def _alternatives(tokens: list[Token], line: int) -> list[list[Token]]:
    """The tokens between bars."""
    found: list[list[Token]] = [[]]
    for piece, number in tokens:
        line = number
        if piece == "|":
            found.append([])
        else:
            found[-1].append((piece, number))
        if piece == "|" and not found[-2]:
            break
    if not all(found):
        raise GrammarError(line, "an alternative needs at least one part")
    return found


def _weight(alternative: list[Token]) -> tuple[int, list[Token]]:
    """The weight of an alternative, and the rest of it."""
    piece, line = alternative[0]
    if not re.fullmatch(r"[0-9]+", piece):
        return 1, alternative
    if int(piece[:20]) < 1 or len(piece) > 9:
        raise GrammarError(line, f"a weight is 1 to 999999999; received {piece}")
    return int(piece), alternative[1:]


def _rows(
    rows: list[list[Token]], width: int
) -> Iterator[tuple[tuple[int, int], list[str]]]:
    """The line, the weight and the forms of each row of a word list."""
    weighted = [len(row) == width + 1 for row in rows]
    for rank, row in enumerate(rows, start=1):
        line = row[0][1]
        weight, rest = (
            _weight(row)
            if all(weighted)
            else (round(_ZIPF_SCALE / (rank + _ZIPF_SHIFT)), row)
        )
        if len(rest) != width or weight < 1:
            raise GrammarError(
                line,
                f"each row has {width} forms, and all rows have weights or none; "
                f"received {' '.join(piece for piece, _ in row)}",
            )
        yield (line, weight), [piece for piece, _ in rest]


def _part(token: Token) -> Part:
    piece, line = token
    match = _ROLE.fullmatch(piece)
    given, head, symbol = match.groups() if match else ("", "", piece)
    labels = tuple(given.split(":")[:-1])
    if "/" in symbol:
        word, tag = _split_word(symbol, line)
        return Part(word, tag, labels, bool(head))
    return Part(_name(symbol, line), None, labels, bool(head))


def _split_word(piece: str, line: int) -> tuple[str, str]:
    match = _WORD.fullmatch(piece)
    if not match:
        raise GrammarError(line, f"a word is written word/TAG; received {piece!r}")
    return match.group(1), match.group(2)


def _name(piece: str, line: int) -> str:
    if not _NAME.fullmatch(piece):
        raise GrammarError(
            line,
            "a symbol is Name or Name[value,...], and a word is word/TAG; "
            f"received {piece!r}",
        )
    return piece


def _symbols(parts: list[Part]) -> list[str]:
    return [part.symbol for part in parts if part.tag is None]


def _arguments(name: str) -> list[str]:
    return name.partition("[")[2].removesuffix("]").split(",") if "[" in name else []


def _fill(name: str, chosen: Mapping[str, str]) -> str:
    """The name with its features replaced by the values chosen for them."""
    if "[" not in name:
        return name
    values = ",".join(chosen.get(arg, arg) for arg in _arguments(name))
    return f"{name.partition('[')[0]}[{values}]"


def _class_of(name: str, features: Features) -> str:
    """The class of a word list: `Noun[animal,number]` is the class `noun animal`."""
    literals = [arg for arg in _arguments(name) if arg not in features]
    return " ".join([name.partition("[")[0].lower(), *literals])
