"""Text in so many columns of a terminal: shortened, or wrapped between words.

A Chinese character takes two columns, an accent none.
"""

from collections.abc import Sequence

ELLIPSIS = "…"
_EMOJI = "\ufe0f"  # makes the sign before it an emoji, which takes two columns


def width(text: str) -> int:
    """Count the columns of a text; that of two texts is the sum of theirs."""
    if text.isascii():
        return len(text)
    from rich.cells import get_character_cell_size

    return sum(map(get_character_cell_size, text)) + text.count(_EMOJI)


def shortened(text: str, columns: int) -> str:
    """Leave out the middle of a text that is too wide, and show that."""
    if width(text) <= columns:
        return text
    tail = max(columns - 1, 0) // 2
    head = max(columns - 1, 0) - tail
    return _first(text, head) + ELLIPSIS + _last(text, tail)


def wrapped(text: str, columns: int, whole_words: bool = False) -> list[str]:
    """Break a text between words; only a word that is too wide is broken itself.

    With `whole_words` it is not, so that a path can be copied.
    """
    lines = [""]
    for word in text.split():
        for piece in [word] if whole_words else _pieces(word, columns):
            longer = f"{lines[-1]} {piece}" if lines[-1] else piece
            if width(longer) <= columns or not lines[-1]:
                lines[-1] = longer
            else:
                lines.append(piece)
    return lines


def fitting(parts: Sequence[str], columns: int) -> str:
    """Join the parts that have room, the first ones first, in their order.

    A part is whole or left out; only of the first one is a middle left out.
    """
    line = shortened(parts[0], columns)
    for part in parts[1:]:
        longer = f"{line}, {part}"
        line = longer if width(longer) <= columns else line
    return line


def _pieces(word: str, columns: int) -> list[str]:
    pieces = []
    while width(word) > columns:
        piece = _first(word, columns) or word[0]
        pieces.append(piece)
        word = word[len(piece) :]
    return [*pieces, word] if word else pieces


def _first(text: str, columns: int) -> str:
    """Give as much of a text's beginning as has room."""
    used = 0
    for i, character in enumerate(text):
        used += width(character)
        if used > columns:
            return text[:i]
    return text


def _last(text: str, columns: int) -> str:
    """Give as much of a text's end as has room, without accents that lost a letter."""
    used = 0
    for i, character in enumerate(reversed(text)):
        used += width(character)
        if used > columns:
            return text[len(text) - i :].lstrip(_accents(text))
    return text


def _accents(text: str) -> str:
    return "".join(c for c in set(text) if not width(c))
