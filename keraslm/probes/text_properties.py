"""Properties of a text that a unit may follow, a number a token."""

from collections.abc import Callable, Sequence

BRACKETS = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}
QUOTES = {"“": 1, "«": 1, "„": 1, "”": -1, "»": -1}
ENDS_OF_LINES = ("\n", "</s>")
ENDS_OF_SENTENCES = (".", "!", "?", "。", "！", "？")


def in_quotes(tokens: Sequence[str]) -> list[float]:
    """1 between quotation marks, 0 outside; a straight one opens or closes."""
    inside, found = 0, []
    for token in tokens:
        if token == '"':
            inside = 1 - inside
        elif token in QUOTES:
            inside = max(QUOTES[token], 0)
        found.append(float(inside))
    return found


def bracket_depth(tokens: Sequence[str]) -> list[float]:
    """How many brackets are open."""
    depth, found = 0, []
    for token in tokens:
        depth = max(depth + BRACKETS.get(token, 0), 0)
        found.append(float(depth))
    return found


def since(ends: Callable[[str], bool]) -> Callable[[Sequence[str]], list[float]]:
    """Count tokens since one that ends something; 0 at that token."""

    def count(tokens: Sequence[str]) -> list[float]:
        place, found = 0, []
        for token in tokens:
            place = 0 if ends(token) else place + 1
            found.append(float(place))
        return found

    return count


def each(test: Callable[[str], bool]) -> Callable[[Sequence[str]], list[float]]:
    """1 at the tokens that pass a test, 0 at the others."""
    return lambda tokens: [float(test(token)) for token in tokens]


PROPERTIES: dict[str, Callable[[Sequence[str]], list[float]]] = {
    "quote": in_quotes,
    "bracket": bracket_depth,
    "line-length": since(lambda token: token in ENDS_OF_LINES),
    "sentence-length": since(
        lambda token: token in ENDS_OF_LINES or token in ENDS_OF_SENTENCES
    ),
    "word-length": since(str.isspace),
    "space": each(str.isspace),
    "vowel": each(lambda token: token.lower() in [*"aeiou"]),
    "capital": each(lambda token: token[:1].isupper()),
    "digit": each(str.isdigit),
    "punctuation": each(
        lambda token: not any(c.isalnum() or c.isspace() for c in token)
    ),
}
