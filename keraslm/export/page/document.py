"""The HTML file of a page: one style, one program, the models as data.

Nothing that a model says becomes markup or program. It stands in blocks of JSON, in
which `<` and every character that hides or steers is written as an escape; the program
shows it as text. The policy (CSP) lets the browser run the one program of this hash,
and load nothing.
"""

import base64
import hashlib
import html
import importlib.resources
import json
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

STYLE = "page.css"
PROGRAM = (
    "bytes.js",
    "product.js",
    "cells.js",
    "outputs.js",
    "networks.js",
    "transformer.js",
    "counts.js",
    "tokenizer.js",
    "random.js",
    "sampler.js",
    "stream.js",
    "names.js",
    "controls.js",
    "bars.js",
    "writer.js",
    "view.js",
)
POLICY = (
    "default-src 'none'; script-src '{program}'; style-src '{style}'; "
    "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
)
ESCAPED = re.compile("[<>&]")
HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp")  # control, bidi, surrogates, ends of lines


def document(title: str, models: Sequence[tuple[dict[str, Any], str]]) -> str:
    """Give the page of models, each described and with its numbers in base64."""
    style = _asset(STYLE)
    program = "\n".join(map(_asset, PROGRAM))
    data = "\n".join(
        f'<script type="application/json" class="model">{as_data(described)}</script>\n'
        f'<script type="text/plain" class="numbers">{numbers}</script>'
        for described, numbers in models
    )
    policy = POLICY.format(program=_hash(program), style=_hash(style))
    parts = {
        "policy": html.escape(policy, quote=False),
        "title": html.escape(_escaped(title)),
        "style": style,
        "data": data,
        "program": program,
    }
    template = _asset("page.html")
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], template)


def as_data(value: Any) -> str:
    """Give JSON that no reader of HTML takes for anything else."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return ESCAPED.sub(lambda found: rf"\u{ord(found[0]):04x}", _escaped(text))


def _escaped(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(_escape(c) if _hides(c) else c for c in text)


def _hides(character: str) -> bool:
    return unicodedata.category(character) in HIDDEN


def _escape(character: str) -> str:
    units = character.encode("utf-16-be")
    pairs = (units[i : i + 2].hex() for i in range(0, len(units), 2))
    return "".join(rf"\u{pair}" for pair in pairs)


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"


def _asset(name: str) -> str:
    folder = importlib.resources.files("keraslm.export.page") / "assets"
    return (folder / name).read_text(encoding="utf-8")
