"""keraslm datasets: what there is, and how to have it here."""

import contextlib
import pathlib
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from keraslm_cli import completion, console
from keraslm_cli.help_page import number_option
from keraslm_cli.lazy import Group

if TYPE_CHECKING:
    from keraslm_datasets.cards import Card


@click.group(cls=Group)
def datasets() -> None:
    """List, show, fetch and export the datasets of the catalogue.

    `village`, `crossroads`, `reviews`, `dates` and `village-translated` are built in.
    The others are downloaded once, checked against their published checksums and kept
    in KERASLM_HOME (default ~/.cache/keraslm).
    """


command = datasets


@datasets.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def list_command(as_json: bool) -> None:
    """List the datasets, and whether they are here."""
    from keraslm_datasets import catalogue

    rows = [_row(catalogue.card(name)) for name in catalogue.names()]
    if as_json:
        console.print_json(rows)
    else:
        _print_table(rows)


@datasets.command()
@click.argument("name", shell_complete=completion.datasets)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of lines.")
def show(name: str, as_json: bool) -> None:
    """Show the card of dataset NAME: licence, splits, sizes, checksums, citation."""
    from keraslm_datasets import catalogue

    card = catalogue.card(name)
    if as_json:
        here = {"here": catalogue.is_present(name), "paths": _paths(name)}
        console.print_json(card.to_dict() | here)
        return
    for label, value in _lines(card):
        if value:
            console.say(f"{label + ':':<10} {value}")


@datasets.command()
@click.argument("name", shell_complete=completion.datasets)
def fetch(name: str) -> None:
    """Bring dataset NAME into the cache and print where its files are."""
    from keraslm_datasets import catalogue

    if catalogue.card(name).kind == "generated":
        console.note(f"{name} is built in: nothing to fetch.")
        return
    with _progress(name) as progress:
        catalogue.fetch(name, progress)
    for file, found in catalogue.checks(name).items():
        against = "as published" if found.published else "not published: not checked"
        console.note(f"{file} sha256 {found.sha256} ({against})")
    for path in _paths(name):
        console.print_line(str(path))


@datasets.command()
@click.argument("name", shell_complete=completion.datasets)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=pathlib.Path))
@click.option("--size", help="Of what is built in: small, medium, large or a number.")
@number_option("--seed", 0, "Of what is built in: the same seed gives the same text.")
@click.option("--overwrite", is_flag=True, help="Replace files that exist in DIR.")
def export(
    name: str, folder: pathlib.Path, size: str | None, seed: int, overwrite: bool
) -> None:
    """Write dataset NAME as train.txt, valid.txt and test.txt into DIR.

    DIR can then be trained on: keraslm train DIR. The vectors of glove-6b are unpacked
    there as they are.
    """
    from keraslm_datasets import catalogue

    with _progress(name) as progress:
        paths = catalogue.export(
            name, folder, size, seed, overwrite=overwrite, progress=progress
        )
    for path in paths:
        console.print_line(str(path))


def _paths(name: str) -> list[str]:
    from keraslm_datasets import catalogue

    return [str(path) for path in catalogue.files(name)]


def _row(card: "Card") -> dict[str, object]:
    from keraslm_datasets import catalogue

    return {
        "name": card.name,
        "title": card.title,
        "kind": card.kind,
        "level": card.level,
        "bytes": card.bytes,
        "tokens": card.tokens,
        "here": catalogue.is_present(card.name),
    }


def _print_table(rows: list[dict[str, object]]) -> None:
    headings = ("name", "here", "level", "bytes", "tokens", "title")
    cells = [[_cell(row[heading]) for heading in headings] for row in rows]
    leave = ("title", "bytes", "level")
    console.print_table(headings, cells, right=(3, 4), leave=leave)


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return str(value or "-")


def _lines(card: "Card") -> Iterator[tuple[str, str]]:
    """Yield the labelled lines of a card."""
    from keraslm_datasets import cache, catalogue

    size = f"{card.bytes:,} bytes, " if card.bytes else ""
    yield "name", card.name
    yield "title", card.title
    yield "level", card.level
    yield "licence", card.licence
    yield "source", card.source
    yield "splits", card.split
    yield "size", f"{size}{_cell(card.tokens)} {card.unit}" if card.tokens else ""
    yield "note", card.note
    yield "citation", card.citation
    yield "here", _cell(catalogue.is_present(card.name))
    for file in card.files:
        yield "file", str(cache.place(card, file))
        yield "  sha256", file.sha256
        yield "  md5", file.md5
        yield "  checked", file.checksum or "nothing published to check it against"
        for url in file.urls:
            yield "  url", url


def _progress(name: str) -> contextlib.AbstractContextManager[console.Progress]:
    """Show bytes on standard error: a bar on a terminal, else a line a tenth."""
    if console.in_terminal(sys.stderr):
        return console.progress_bar(f"fetching {name}", "bytes")
    return contextlib.nullcontext(_progress_in_lines(name))


def _progress_in_lines(name: str) -> console.Progress:
    last = 0

    def show_line(done: int, total: int | None) -> None:
        nonlocal last
        step = done * 10 // total if total else done // 10_000_000
        if step > last or done == total:
            of = f" of {total / 1e6:,.1f}" if total else ""
            console.note(f"{name}: {done / 1e6:,.1f}{of} MB")
        last = step

    return show_line
