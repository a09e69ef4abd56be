"""keraslm datasets: what there is, and how to have it here."""

import contextlib
import json
import pathlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from keraslm_datasets.cards import Card

Progress = Callable[[int, int | None], None]


@click.group()
def datasets() -> None:
    """List, show, fetch and export the datasets of the catalogue.

    `village` is built in. The others are downloaded once, checked against their
    published checksums and kept in KERASLM_HOME (default ~/.cache/keraslm).
    """


command = datasets


@datasets.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def list_command(as_json: bool) -> None:
    """List the datasets, and whether they are here."""
    from keraslm_datasets import catalogue

    rows = [_row(catalogue.card(name)) for name in catalogue.names()]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
    else:
        _print_table(rows)


@datasets.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of lines.")
def show(name: str, as_json: bool) -> None:
    """Show the card of dataset NAME: licence, splits, sizes, checksums, citation."""
    from keraslm_datasets import catalogue

    card = catalogue.card(name)
    if as_json:
        here = {"here": catalogue.is_present(name), "paths": _paths(name)}
        click.echo(json.dumps(card.to_dict() | here, indent=2))
        return
    for label, value in _lines(card):
        if value:
            click.echo(f"{label + ':':<10} {value}")


@datasets.command()
@click.argument("name")
def fetch(name: str) -> None:
    """Bring dataset NAME into the cache and print where its files are."""
    from keraslm_datasets import catalogue

    if catalogue.card(name).kind == "generated":
        click.echo(f"{name} is built in: nothing to fetch.", err=True)
        return
    with _progress(name) as progress:
        catalogue.fetch(name, progress)
    for file, found in catalogue.checks(name).items():
        against = "as published" if found.published else "not published: not checked"
        click.echo(f"{file} sha256 {found.sha256} ({against})", err=True)
    for path in _paths(name):
        click.echo(path)


@datasets.command()
@click.argument("name")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=pathlib.Path))
@click.option("--size", help="For village: small, medium, large or a number of tokens.")
@click.option("--seed", type=int, default=0, show_default=True, help="For village.")
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
        click.echo(path)


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
    import rich.console
    import rich.table

    headings = ("name", "here", "level", "bytes", "tokens", "title")
    cells = [[_cell(row[heading]) for heading in headings] for row in rows]
    console = rich.console.Console()
    if not console.is_terminal:
        _print_plain([list(headings), *cells])
        return
    table = rich.table.Table(box=None, pad_edge=False)
    for heading in headings:
        right = heading in ("bytes", "tokens")
        table.add_column(heading, justify="right" if right else "left", no_wrap=True)
    for row in cells:
        table.add_row(*row)
    console.print(table)


def _print_plain(rows: list[list[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = zip(row, widths, strict=True)
        click.echo("  ".join(cell.ljust(width) for cell, width in cells).rstrip())


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


@contextlib.contextmanager
def _progress(name: str) -> Iterator[Progress]:
    """Show bytes on standard error: a bar on a terminal, else a line a tenth."""
    import rich.console

    console = rich.console.Console(stderr=True)
    if not console.is_terminal:
        yield _progress_in_lines(name)
        return
    import rich.progress as bars

    columns = (
        bars.TextColumn(name),
        bars.BarColumn(),
        bars.DownloadColumn(),
        bars.TransferSpeedColumn(),
        bars.TimeRemainingColumn(),
    )
    with bars.Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(name, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _progress_in_lines(name: str) -> Progress:
    last = 0

    def show_line(done: int, total: int | None) -> None:
        nonlocal last
        step = done * 10 // total if total else done // 10_000_000
        if step > last or done == total:
            of = f" of {total / 1e6:,.1f}" if total else ""
            click.echo(f"{name}: {done / 1e6:,.1f}{of} MB", err=True)
        last = step

    return show_line
