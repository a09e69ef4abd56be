"""The commands of the documentation, read as a shell reads them."""

import pathlib
import re
import shlex
from typing import Any, NamedTuple

import click

from keraslm_cli.main import program

ROOT = pathlib.Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
CALL = re.compile(r"(?:^|\| )(?:[A-Z][A-Z_]*=\S* )*keraslm (.*)")
LOOP = re.compile(r"for (\w+) in ([^;]*); do (.*?); done")


class Documented(NamedTuple):
    """A command of a page: its name, the words of the line, and its options."""

    name: str
    words: tuple[str, ...]
    options: dict[str, Any]


def lines(page: pathlib.Path) -> list[str]:
    """Give the shell lines of a page's code blocks, continued and repeated ones whole.

    A block is indented by four spaces, or fenced without a language.
    """
    text = page.read_text(encoding="utf-8")
    fences = re.findall(r"^```(\w*)\n(.*?)^```", text, re.S | re.M)
    fenced = [block for language, block in fences if not language]
    text = re.sub(r"^```.*?^```", "", text, flags=re.S | re.M)
    blocks = re.findall(r"(?:^ {4}.*\n)+", text, re.M)
    code = "".join([*blocks, *fenced]).replace("\\\n", " ")
    code = re.sub(r"; do\n", "; do ", code)
    return [one for line in code.splitlines() for one in _unrolled(line.strip())]


def _unrolled(line: str) -> list[str]:
    """Give the body of a loop once for each of its words."""
    loop = LOOP.match(line)
    if loop is None:
        return [line]
    variable, words, body = loop.groups()
    return [re.sub(rf"\${variable}\b", word, body.strip()) for word in words.split()]


def commands(page: pathlib.Path) -> list[Documented]:
    """Parse the `keraslm` commands of a page; one that click refuses fails."""
    found = (CALL.search(line) for line in lines(page))
    calls = [re.split(r" [|>] ", call[1])[0] for call in found if call]
    return [_parsed(tuple(shlex.split(call, comments=True))) for call in calls]


def _parsed(words: tuple[str, ...]) -> Documented:
    command: click.Command = program
    context = click.Context(program)
    name, rest = [], list(words)
    while isinstance(command, click.Group):
        child = command.get_command(context, rest[0])
        assert child is not None, f"there is no command {shlex.join(words)}"
        name.append(rest.pop(0))
        command = child
    parsed = command.make_context(name[-1], rest)
    return Documented(" ".join(name), words, parsed.params)
