"""Docstrings as pages: Math, Shapes, Raises, References and Units as labelled parts.

The docstrings are plain text for a projector. Sphinx reads reStructuredText, in which
`*`, `|` and a trailing `_` mean something; here they stand for themselves.
"""

import re
import textwrap
from typing import Any

PARTS = ("Math", "Shapes", "Raises", "References", "Units")
AS_WRITTEN = ("Math", "Shapes")  # their line breaks and columns carry meaning
PART = re.compile(rf"({'|'.join(PARTS)}):\s*")
CODE = re.compile(r"`([^`]+)`")
OURS = re.compile(r"keraslm(_datasets)?(\.\w+)+(\(\))?")


def rendered(lines: list[str]) -> list[str]:
    """Turn the lines of a docstring into reStructuredText."""
    found: list[str] = []
    for block in _blocks(lines):
        found += [*_one(block), ""]
    return found


def _blocks(lines: list[str]) -> list[list[str]]:
    """Split at empty lines, before each part, and after its indented lines."""
    blocks: list[list[str]] = [[]]
    for line in lines:
        indented = line.startswith(" ")
        in_part = bool(blocks[-1]) and PART.match(blocks[-1][0])
        leaves = bool(blocks[-1]) and not indented
        changes = bool(blocks[-1]) and indented != blocks[-1][0].startswith(" ")
        starts = PART.match(line) or (leaves and (in_part or changes))
        if starts or (indented and not in_part and changes and not _item(blocks[-1])):
            blocks.append([])
        if line.strip():
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    return [block for block in blocks if block]


def _item(block: list[str]) -> bool:
    return bool(block) and block[0].startswith("- ")


def _one(block: list[str]) -> list[str]:
    part = PART.match(block[0])
    if part is None:
        return _as_written(block) if block[0].startswith(" ") else _text(block)
    name = part[1]
    first = " " * part.end() + block[0][part.end() :]
    body = [first, *block[1:]] if name in AS_WRITTEN else [first.strip(), *block[1:]]
    inner = _as_written(body) if name in AS_WRITTEN else [_plain(" ".join(body))]
    return [f":{name}:", "", *_indented(inner)]


def _as_written(block: list[str]) -> list[str]:
    code = textwrap.dedent("\n".join(block)).split("\n")
    return [".. code-block:: none", "", *_indented(code)]


def _indented(lines: list[str]) -> list[str]:
    return [f"    {line}" if line else "" for line in lines]


def _text(block: list[str]) -> list[str]:
    """Give a paragraph, or a list whose items are one line each."""
    if not _item(block):
        return [_plain(" ".join(block))]
    items = re.split(r"(?:^|\n)- ", "\n".join(block))[1:]
    return [f"- {_plain(' '.join(item.split()))}" for item in items]


def _plain(text: str) -> str:
    """Let every sign stand for itself, but for the backquotes around code."""
    pieces = CODE.split(" ".join(text.split()))
    return "".join(
        _code(piece) if odd % 2 else re.sub(r"([\\*|_`])", r"\\\1", piece)
        for odd, piece in enumerate(pieces)
    )


def _code(name: str) -> str:
    """Link a name of ours; show any other as code."""
    role = f":py:obj:`{name}`" if OURS.fullmatch(name) else f"``{name}``"
    return f"{role}\\ "


def _process(app: Any, what: str, name: str, thing: Any, options: Any, lines: Any):
    lines[:] = rendered(lines)


def setup(app: Any) -> dict[str, bool]:
    app.connect("autodoc-process-docstring", _process)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
