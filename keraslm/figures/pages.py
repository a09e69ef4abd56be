"""A figure or a text as one HTML page that works offline and loads nothing.

Everything that a text or a name says is escaped; the page may not run scripts.
"""

import html
import io

import pandas as pd
from matplotlib.figure import Figure

from keraslm.figures.shaded_text import ENDS_OF_LINES, ShadedText, number, shown
from keraslm.figures.style import BLUE, GREY, INK

STYLE = f"""
body {{ font: 20px/1.5 system-ui, sans-serif; color: {INK}; background: #fff;
  color-scheme: light; margin: 2rem auto; max-width: 76rem; padding: 0 1rem }}
h1 {{ font-size: 1.6rem; margin: 0 }}
.about, summary {{ color: {GREY} }}
.text {{ line-height: 1.9; margin: 1.5rem 0 }}
.char {{ font-family: ui-monospace, "DejaVu Sans Mono", monospace }}
.char b {{ white-space: pre-wrap }}
b {{ font-weight: inherit; unicode-bidi: isolate }}
.word b {{ display: inline-block; text-align: center; line-height: 1.3;
  padding: .1em .2em; margin: .15em .05em }}
.less {{ text-decoration: underline {BLUE} .14em; text-underline-offset: .2em }}
small {{ display: block; font-size: .7em; color: {INK} }}
.key b {{ padding: .2em .6em }}
pre {{ white-space: pre-wrap; overflow-wrap: anywhere; margin: .2rem 0 1.4rem;
  padding-left: 1rem; border-left: .25rem solid {BLUE} }}
h2 {{ font-size: 1.1rem; margin: 0 }}
table {{ border-collapse: collapse; font-size: .8em }}
th, td {{ text-align: right; padding: .1em .8em; border-bottom: 1px solid #ddd }}
svg {{ width: 100%; height: auto }}
"""
RULES = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
DIGITS = 4  # of a number in the page's table


def page(title: str, body: str) -> str:
    """Give a whole page; `body` is HTML, the title plain text."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{RULES}">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{escaped(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"{body}\n</body>\n</html>\n"
    )


def heading(title: str, about: str) -> str:
    """Give the title of a page, and under it what is shown on which text."""
    return f'<h1>{escaped(title)}</h1>\n<p class="about">{escaped(about)}</p>\n'


def escaped(text: str) -> str:
    """Give a text as HTML, with what hides or steers as its escape."""
    return html.escape("".join(c if c == " " else shown(c) for c in text))


def shaded_page(text: ShadedText) -> str:
    """Give a shaded text, the key, and the table of its numbers as a page."""
    pieces = [
        _piece(token, value, text)
        for token, value in zip(text.tokens, text.values, strict=True)
    ]
    body = f'<div class="text {text.level}">{"".join(pieces)}</div>\n'
    head = heading(text.title, text.subtitle)
    return page(text.title, head + body + _key(text) + _table(text.table))


def _piece(token: str, value: float, text: ShadedText) -> str:
    is_char = text.level == "char"
    is_space = is_char and token == " "
    written = " " if is_space else escaped(shown(token))
    note = f"{escaped(shown(token))}: {number(value)} {escaped(text.unit)}"
    below = "" if is_char else f"<small>{number(value)}</small>"
    end = "<br>" if token in ENDS_OF_LINES else "" if is_char else " "
    return f"{_box(value, text, written, below, note)}{end}"


def _box(
    value: float, text: ShadedText, written: str, below: str = "", note: str = ""
) -> str:
    is_less = value < 0 and number(value) != "0.0"
    written = f'<span class="less">{written}</span>' if is_less else written
    title = f' title="{note}"' if note else ""
    return f'<b style="background:{text.shade(value)}"{title}>{written}{below}</b>'


def _key(text: ShadedText) -> str:
    boxes = "".join(_box(value, text, number(value)) for value in text.steps)
    return f'<p class="key">{boxes}<br>{escaped(text.key)}</p>\n'


def _table(table: pd.DataFrame) -> str:
    heads = "".join(f"<th>{escaped(str(name))}</th>" for name in table.columns)
    rows = "\n".join(
        "<tr>" + "".join(f"<td>{_cell(value)}</td>" for value in row) + "</tr>"
        for row in table.itertuples(index=False)
    )
    return (
        "<details><summary>The numbers</summary>\n"
        f"<table><tr>{heads}</tr>\n{rows}</table></details>"
    )


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.{DIGITS}f}"
    return escaped(shown(str(value)))


def figure_page(figure: Figure, title: str) -> str:
    """Give a figure as a page, drawn within it; its texts are paths, not letters."""
    drawn = io.StringIO()
    figure.savefig(drawn, format="svg", bbox_inches="tight", pad_inches=0.3)
    svg = drawn.getvalue()
    return page(title, svg[svg.index("<svg") :])


def escaped_lines(text: str) -> str:
    """Give a text of several lines as HTML, its lines as they are."""
    return "\n".join(map(escaped, text.split("\n")))
