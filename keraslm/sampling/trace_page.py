"""A trace as one web page: it works offline, runs no script and asks for no file.

Whatever a model or a prompt says is escaped: markup, and characters that hide or that
turn the direction of what follows.
"""

import html
import importlib.resources
import unicodedata
from collections.abc import Sequence

from keraslm.sampling.trace import Step

HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title><style>{style}</style></head><body>
"""
LEAD = """<p>Each token is where a random number falls on a line from 0 to 1, which
all tokens share in the order of their ids. Empty parts are tokens that are not
shown.</p>
"""
LABEL = 0.06  # of the line: a narrower part has no room for its token
HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
JOINERS = "\u200c\u200d"  # Persian words and emoji need them


def trace_page(
    title: str,
    settings: str,
    prompt: str,
    written: Sequence[tuple[str, Step]],
    tokens: Sequence[str],
    top: int,
) -> str:
    """Give the page, in ASCII: a section a step, with its line and its table.

    `written` has each piece of the text with its step, `tokens` the vocabulary.
    """
    links = "".join(
        f'<a href="#{number}">{escaped(piece, keep=chr(10))}</a>'
        for number, (piece, _) in enumerate(written, start=1)
    )
    parts = [
        HEAD.format(title=escaped(title), style=_style()),
        f"<h1>{escaped(title)}</h1>\n<p>{escaped(settings)}</p>\n",
        LEAD,
        f'<p class="text" dir="auto"><span class="dim">{escaped(prompt, keep=chr(10))}'
        f"</span>{links}</p>\n",
    ]
    for number, (_, step) in enumerate(written, start=1):
        parts.append(_section(number, step, tokens, top))
    page = "".join([*parts, "</body></html>\n"])
    return page.encode("ascii", "xmlcharrefreplace").decode("ascii")


def escaped(text: str, keep: str = "") -> str:
    """Write a text for HTML; what hides or steers is shown as its Python escape."""
    kept = keep + JOINERS
    shown = "".join(c if c in kept or not _hides(c) else ascii(c)[1:-1] for c in text)
    return html.escape(shown)


def _style() -> str:
    folder = importlib.resources.files("keraslm.sampling")
    return folder.joinpath("trace_page.css").read_text("utf-8")


def _hides(character: str) -> bool:
    return unicodedata.category(character) in HIDDEN


def _name(token: str) -> str:
    """Show a token by itself; white space by its Python name."""
    return f"<bdi>{escaped(repr(token) if token.isspace() else token)}</bdi>"


def _section(number: int, step: Step, tokens: Sequence[str], top: int) -> str:
    shown, drawn = step.shown(top), _name(tokens[step.token])
    return (
        f'<section id="{number}"><h2>{number} &middot; {drawn}</h2>\n'
        f"{_line(step, shown, tokens)}"
        f"<p>The random number {step.point:.4f} fell on the part from {step.low:.4f} "
        f"to {step.high:.4f}.</p>\n"
        f'<div class="wide">{_table(step, shown, tokens)}</div></section>\n'
    )


def _line(step: Step, shown: Sequence[int], tokens: Sequence[str]) -> str:
    """Draw the line from 0 to 1, in the order of the ids, and where the number fell."""
    ends = step.final.cumsum()
    parts = []
    for token in sorted(shown):
        share = float(step.final[token])
        if share:
            drawn = " drawn" if token == step.token else ""
            label = _name(tokens[token]) if share > LABEL else ""
            parts.append(
                f'<span class="part{drawn}" style="left:{(ends[token] - share):.4%};'
                f'width:{share:.4%}">{label}</span>'
            )
    dart = f'<span class="dart" style="left:{step.point:.4%}"></span>'
    return f'<div class="line">{"".join(parts)}{dart}</div>\n'


def _table(step: Step, shown: Sequence[int], tokens: Sequence[str]) -> str:
    names = ["model", *(stage.title for stage in step.stages)]
    head = "".join(f"<th>{escaped(name)}</th>" for name in ["", *names])
    rows = [
        (
            _name(tokens[i]),
            [float(column[i]) for column in step.columns],
            i == step.token,
        )
        for i in shown
    ]
    left = len(step.raw) - len(shown)
    if left:
        rows.append((f"the other {left:,}", step.others(shown), False))
    body = "".join(_row(*row) for row in rows)
    counts = "".join(f"<td>{stage.tokens:,}</td>" for stage in step.stages)
    kept = "".join(f"<td>{stage.kept:.2%}</td>" for stage in step.stages)
    foot = (
        f"<tr><th>tokens left</th><td>{step.possible:,}</td>{counts}</tr>"
        f"<tr><th>kept of the column before</th><td></td>{kept}</tr>"
    )
    return (
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
        f"<tfoot>{foot}</tfoot></table>"
    )


def _row(name: str, values: Sequence[float], is_drawn: bool) -> str:
    cells = "".join(
        f'<td{"" if number else " class=raw"} style="background-size:{value:.2%} 100%">'
        f"{f'{value:.4f}' if value else '&middot;'}</td>"
        for number, value in enumerate(values)
    )
    return f"<tr{' class=drawn' if is_drawn else ''}><th>{name}</th>{cells}</tr>"
