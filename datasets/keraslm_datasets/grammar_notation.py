"""The small pieces of a rule file: symbols, words, parts, weights, rows of words."""

import re
from collections.abc import Iterator, Mapping, Sequence

from keraslm_datasets.grammar_rules import GrammarError, Part

Token = tuple[str, int]  # a piece of the file and the number of its line

_SYMBOL = re.compile(r"[A-Z][A-Za-z]*(\[[a-z]+(,[a-z]+)*\])?")
_PART = re.compile(r"((?:[a-z]+:)*)(\*?)(.+)")
_WORD = re.compile(r"([^\s/|:*#]+)/([^\s/|:*#]+)")
_NUMBER = re.compile(r"[0-9]+")
_MOST = 999_999_999  # a weight above this is a slip, and sums must stay exact
_ZIPF_SCALE, _ZIPF_SHIFT = 2000, 10


def split_alternatives(tokens: Sequence[Token], line: int) -> list[list[Token]]:
    """The tokens between bars; `line` is where the statement began.

    Raises: GrammarError if there is nothing before, between or after bars.
    """
    found: list[list[Token]] = [[]]
    for piece, number in tokens:
        if piece != "|":
            found[-1].append((piece, number))
        elif not found[-1]:
            raise GrammarError(number, "there is nothing before this bar")
        else:
            found.append([])
    if not found[-1]:
        raise GrammarError(tokens[-1][1] if tokens else line, "nothing follows")
    return found


def split_weight(alternative: Sequence[Token]) -> tuple[int, Sequence[Token]]:
    """The weight of an alternative, 1 if none is written, and the rest of it."""
    piece, line = alternative[0]
    if not _NUMBER.fullmatch(piece):
        return 1, alternative
    if len(piece) > len(str(_MOST)) or int(piece) < 1:
        raise GrammarError(line, f"a weight is 1 to {_MOST}; received {piece}")
    if len(alternative) == 1:
        raise GrammarError(line, f"nothing follows the weight {piece}")
    return int(piece), alternative[1:]


def read_symbol(piece: str, line: int) -> str:
    """The name of a non-terminal."""
    if not _SYMBOL.fullmatch(piece):
        raise GrammarError(
            line,
            "a symbol is Name or Name[value,...], and a word is word/TAG; "
            f"received {piece!r}",
        )
    return piece


def read_word(piece: str, line: int) -> tuple[str, str]:
    """A word and its tag."""
    match = _WORD.fullmatch(piece)
    if not match:
        raise GrammarError(
            line,
            "a word is written word/TAG, without the signs / | : * #; "
            f"received {piece!r}",
        )
    return match.group(1), match.group(2)


def read_part(token: Token) -> Part:
    """A symbol or a word, with its labels and the mark of the head."""
    piece, line = token
    match = _PART.fullmatch(piece)
    given, head, symbol = match.groups() if match else ("", "", piece)
    labels = tuple(given.split(":")[:-1])
    if "/" in symbol:
        word, tag = read_word(symbol, line)
        return Part(word, tag, labels, bool(head))
    return Part(read_symbol(symbol, line), None, labels, bool(head))


def read_rows(
    rows: Sequence[Sequence[Token]], width: int
) -> Iterator[tuple[list[str], int, int]]:
    """The forms, the weight and the line of each row of a word list."""
    weighted = all(len(row) == width + 1 for row in rows)
    for rank, row in enumerate(rows, start=1):
        if weighted:
            weight, forms = split_weight(row)
        else:
            weight, forms = max(1, round(_ZIPF_SCALE / (rank + _ZIPF_SHIFT))), row
        if len(forms) != width:
            raise GrammarError(
                row[0][1],
                f"each row has {width} forms, and all rows have weights or none; "
                f"received {' '.join(piece for piece, _ in row)}",
            )
        yield [piece for piece, _ in forms], weight, row[0][1]


def arguments(symbol: str) -> list[str]:
    """What stands in the brackets of a symbol."""
    inner = symbol.partition("[")[2].removesuffix("]")
    return inner.split(",") if inner else []


def fill(symbol: str, chosen: Mapping[str, str]) -> str:
    """The symbol with its features replaced by the values chosen for them."""
    if "[" not in symbol:
        return symbol
    values = ",".join(chosen.get(a, a) for a in arguments(symbol))
    return f"{symbol.partition('[')[0]}[{values}]"
