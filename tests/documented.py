"""The commands of the documentation, read as a shell reads them."""

import pathlib
import re
import shlex
import textwrap
from typing import Any, NamedTuple

import click

from keraslm_cli.main import program

ROOT = pathlib.Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
CALL = re.compile(r"(?:^|\| )(?:[A-Z][A-Z_]*=\S* )*keraslm (.*)")
LOOP = re.compile(r"for (\w+) in ([^;]*); do (.*?); done")


SHELL = re.compile(
    r"(?:[A-Z_]+=\S* )*(?:\S*/bin/)?"
    r"(?:keraslm|python|python3\.11|pip|make|git|cat|head|mkdir|printf|cd|for|source"
    r"|eval|time)(?= )"
)


class Block(NamedTuple):
    """A part of a page: what kind it is, what it says, and under which heading."""

    kind: str
    """One of shell, python, printed, table and prose."""
    text: str
    section: str


class Documented(NamedTuple):
    """A command of a page: its name, the words of the line, and its options."""

    name: str
    words: tuple[str, ...]
    options: dict[str, Any]


def blocks(page: pathlib.Path) -> list[Block]:
    """Give the blocks of a page in their order."""
    found: list[Block] = []
    kind, section, fence = "prose", "", ""
    for line in page.read_text(encoding="utf-8").splitlines():
        if fence:
            fence = "" if line == "```" else fence
            if fence not in ("", "{}"):
                found[-1] = found[-1]._replace(text=found[-1].text + line + "\n")
            continue
        if opening := re.match(r"^```(\{?\w*)", line):
            language = opening[1]
            fence = "{}" if language.startswith("{") else language or "text"
            kind = "python" if language == "python" else "printed"
            found.append(Block(kind, "", section))
            continue
        if line.startswith("#"):
            section = line.lstrip("# ")
        kind = _kind_of(line, kind)
        if found and found[-1].kind == kind and found[-1].section == section:
            found[-1] = found[-1]._replace(text=found[-1].text + line + "\n")
        else:
            found.append(Block(kind, line + "\n", section))
    return [told for block in found for told in _told(block) if told.text.strip()]


def _kind_of(line: str, before: str) -> str:
    if line.startswith("|"):
        return "table"
    if line.startswith("    ") or (not line and before == "indented"):
        return "indented"
    return "prose"


def _told(block: Block) -> list[Block]:
    """Tell commands from what they print, in each paragraph of an indented block."""
    if block.kind != "indented":
        return [block]
    parts = textwrap.dedent(block.text).rstrip().split("\n\n")
    kinds = ["shell" if SHELL.match(part) else "printed" for part in parts]
    found: list[Block] = []
    for kind, part in zip(kinds, parts, strict=True):
        if found and found[-1].kind == kind:
            found[-1] = found[-1]._replace(text=found[-1].text + "\n" + part + "\n")
        else:
            found.append(Block(kind, part + "\n", block.section))
    return found


def shell_lines(text: str) -> list[str]:
    """Give the lines of a block of shell commands, continued ones and loops whole."""
    whole = re.sub(r"\\\n\s*", "", text)
    whole = re.sub(r"; do\n\s*", "; do ", whole)
    return [line.strip() for line in whole.splitlines() if line.strip()]


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
