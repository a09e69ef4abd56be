"""Names in any script: fonts that have the glyphs, and what to show when none has.

matplotlib's own DejaVu Sans has no Chinese, Japanese or Korean glyphs. When a font of
the machine has them it is used after DejaVu; otherwise a character is written as its
Python escape, so that two names never look the same.
"""

import functools
import re
import unicodedata
from collections.abc import Iterable

from matplotlib import font_manager, ft2font

_ESCAPE = re.compile(r"\\u[0-9a-f]{4}|\\U[0-9a-f]{8}")
BASE = "DejaVu Sans"
WIDE_COVERAGE = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Noto Sans SC",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
    "PingFang SC",
    "Hiragino Sans GB",
    "Heiti SC",
    "Microsoft YaHei",
    "SimHei",
    "Arial Unicode MS",
)


@functools.cache
def families() -> tuple[str, ...]:
    """Give the installed font families to draw with, best first."""
    installed = set(font_manager.get_font_names())
    return (BASE, *(name for name in WIDE_COVERAGE if name in installed))


def drawable(text: str) -> str:
    """Give the text with every character that no font can draw as its escape."""
    return "".join(
        character if _has_glyph(character) else ascii(character)[1:-1]
        for character in text
    )


def lacking(texts: Iterable[str]) -> list[str]:
    """Give the characters that `drawable` wrote as escapes for want of a font."""
    escapes = (escape for text in texts for escape in _ESCAPE.findall(text))
    characters = {chr(int(escape[2:], 16)) for escape in escapes}
    return sorted(c for c in characters if c.isprintable() and not _has_glyph(c))


def about_lacking(characters: list[str]) -> str:
    """Say that no font has some characters, and which font has."""
    shown = ", ".join(ascii(character)[1:-1] for character in characters[:3])
    more = ", ..." if len(characters) > 3 else ""
    wide = any(unicodedata.east_asian_width(c) in "WF" for c in characters)
    font = "Noto Sans CJK" if wide else "one of Noto Sans"
    return f"no installed font draws {shown}{more}; install one such as {font}"


@functools.cache
def _has_glyph(character: str) -> bool:
    return character.isprintable() and any(
        _font(family).get_char_index(ord(character)) for family in families()
    )


@functools.cache
def _font(family: str) -> ft2font.FT2Font:
    return font_manager.get_font(font_manager.findfont(family))
