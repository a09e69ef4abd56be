"""Sentences on the command line, or one a line on standard input."""

import sys
from collections.abc import Callable
from typing import Any

import click

from keraslm.errors import CorpusError
from keraslm_cli import console

texts_argument = click.argument(
    "texts", metavar="[TEXT]...", nargs=-1, type=click.UNPROCESSED
)


def encoding_option(what: str) -> Callable[..., Any]:
    """Give a command --encoding, of standard input and of what else it reads."""
    return click.option(
        "--encoding",
        metavar="NAME",
        default="utf-8",
        show_default=True,
        help=f"The encoding of {what}.",
    )


def given_sentences(texts: tuple[str, ...], encoding: str) -> list[str]:
    """Give the sentences of the command line, or of standard input."""
    if not all(texts):
        raise CorpusError("a sentence needs at least one token; received an empty one")
    return list(texts) or _lines_of_input(encoding)


def _lines_of_input(encoding: str) -> list[str]:
    from keraslm.text.corpus import open_text

    if sys.stdin is not None and console.in_terminal(sys.stdin):
        console.note("Reading sentences, one a line, up to Ctrl-D.")
    text = "".join(open_text("-", encoding).chunks())
    lines = [line for line in text.split("\n") if line.strip()]
    if not lines:
        raise CorpusError("standard input has no sentence; give one a line, or as TEXT")
    return lines
