"""Text that others wrote, made harmless: nothing in it steers a terminal."""

import unicodedata

# Control, format (bidi, zero width, tags), surrogates, separators of lines.
_HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
_JOINERS = "\u200c\u200d"  # Persian words and emoji need them; they move nothing
LINES = "\n\t"


def visible(text: str, keep: str = "") -> str:
    r"""Give the text with each character that hides or steers as its escape.

    An escape character is written "\x1b", a right-to-left override "\u202e". What is
    in `keep` stays: LINES for text that has lines of its own.
    """
    if text.isprintable():
        return text
    kept = keep + _JOINERS
    return "".join(c if c in kept or not _hides(c) else _escape(c) for c in text)


def _hides(character: str) -> bool:
    return unicodedata.category(character) in _HIDDEN


def _escape(character: str) -> str:
    return ascii(character)[1:-1]


def visible_json(text: str) -> str:
    r"""Give the same JSON with what hides or steers written as \uXXXX."""
    if text.isprintable():
        return text
    kept = LINES + _JOINERS  # outside of strings; in them JSON escapes both
    return "".join(c if c in kept or not _hides(c) else _json_escape(c) for c in text)


def _json_escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    pairs = (units[i : i + 2].hex() for i in range(0, len(units), 2))
    return "".join(rf"\u{pair}" for pair in pairs)


def token_name(token: str) -> str:
    """Show a token; white space and control characters by their Python names."""
    return token if token.isprintable() and not token.isspace() else repr(token)
