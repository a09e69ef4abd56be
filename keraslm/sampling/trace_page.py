"""A trace as one web page: it works offline, runs no script and asks for no file.

Whatever a model or a prompt says is escaped: markup, and characters that hide or that
turn the direction of what follows.
"""

import html
import unicodedata
from collections.abc import Sequence

from keraslm.sampling.trace import Step

STYLE = """
:root { color-scheme: light dark; --ink: #1a1a1a; --paper: #fff; --dim: #5c5c5c;
  --raw: #c9d6e8; --left: #f2c48d; --drawn: #b3400e; --rule: #8a8a8a }
@media (prefers-color-scheme: dark) { :root { --ink: #f2f2f2; --paper: #16181c;
  --dim: #b4b4b4; --raw: #2f4a70; --left: #7a4a12; --drawn: #ffb27d } }
body { font: clamp(18px, 1.7vw, 30px)/1.4 system-ui, sans-serif; color: var(--ink);
  background: var(--paper); margin: 0 auto; max-width: 64em; padding: 0 1em 3em }
h1 { font-size: 1.5em } h2 { font-size: 1.3em; margin: 2.2em 0 .4em }
.dim { color: var(--dim) } .text { white-space: pre-wrap; font-size: 1.2em }
.text a { color: inherit; text-decoration-color: var(--rule) }
.line { position: relative; height: 2.6em; margin: 1.6em 0 .6em;
  border: 2px solid var(--rule) }
.part { position: absolute; top: 0; bottom: 0; overflow: hidden; line-height: 2.6em;
  white-space: nowrap; text-align: center; background: var(--left);
  box-sizing: border-box; border-right: 1px solid var(--paper) }
.part.drawn { outline: 4px solid var(--drawn); outline-offset: -4px; font-weight: bold }
.dart { position: absolute; top: -1.1em; bottom: 0;
  border-left: 4px solid var(--drawn) }
.wide { overflow-x: auto } table { border-collapse: collapse; width: 100% }
th, td { padding: .15em .5em; text-align: right; font-variant-numeric: tabular-nums;
  white-space: nowrap } th:first-child { text-align: left; font-weight: normal }
thead th { border-bottom: 2px solid var(--rule); font-weight: bold }
tfoot td, tfoot th { border-top: 1px solid var(--rule); color: var(--dim) }
td { background: linear-gradient(to right, var(--bar, var(--left)) calc(var(--p, 0)
  * 100%), transparent 0) } td.raw { --bar: var(--raw) }
tr.drawn { font-weight: bold; color: var(--drawn) }
tr.drawn th { font-weight: bold }
"""
HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title><style>{style}</style></head><body>
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
        HEAD.format(title=escaped(title), style=STYLE),
        f"<h1>{escaped(title)}</h1>\n<p>{escaped(settings)}</p>\n",
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
        f"<tr><th>tokens left</th><td>{len(step.raw):,}</td>{counts}</tr>"
        f"<tr><th>kept of the column before</th><td></td>{kept}</tr>"
    )
    return (
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
        f"<tfoot>{foot}</tfoot></table>"
    )


def _row(name: str, values: Sequence[float], is_drawn: bool) -> str:
    cells = "".join(
        f'<td{"" if number else " class=raw"} style="--p:{value:.4f}">'
        f"{f'{value:.4f}' if value else '&middot;'}</td>"
        for number, value in enumerate(values)
    )
    return f"<tr{' class=drawn' if is_drawn else ''}><th>{name}</th>{cells}</tr>"
