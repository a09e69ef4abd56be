"""keraslm compare: several models on the same text, as a table and a picture."""

import dataclasses
import math
import pathlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from keraslm.errors import UsageError
from keraslm_cli import console, interpolation, outputs, texts
from keraslm_cli.models import check_there, level_option, open_model

if TYPE_CHECKING:
    from keraslm.language_model import LanguageModel
    from keraslm.measures import Card, Reading
    from keraslm.text.corpus import Text
    from keraslm_cli.floor import Floor

HELP = f"""Rank models by their perplexity on the same text.

The figures are compared only if they measure the same thing: the same text, level,
vocabulary and rules. On village the lowest possible perplexity is the last row.

With --interpolate one more row is the mixture of the models, sum_k w_k P_k. Its weights
are those that make a validation text most probable: --valid, or the validation part of
the dataset that TEXT names.

{texts.TEXT_HELP}
"""
HEADINGS = (
    "model",
    "parameters",
    "nats/token",
    "perplexity",
    "bits/char",
    "seconds",
    "tokens/s",
)
LEAVE = ("", "tokens/s", "seconds", "bits/char", "parameters", "nats/token")
LOWEST = "lowest possible"
SHORTEST, LONGEST = 8, 24  # columns of the longest bar in the table


@dataclasses.dataclass(frozen=True)
class Row:
    """A model, by a name of its own, and what was measured; a mixture has no path."""

    name: str
    path: str | None
    model: "LanguageModel"
    reading: "Reading"
    card: "Card"


@click.command(help=HELP)
@click.argument("models", metavar="MODEL...", nargs=-1, required=True)
@level_option
@click.option("--text", required=True, metavar="TEXT", help="What to measure on.")
@click.option(
    "--interpolate", is_flag=True, help="Measure the mixture of the models too."
)
@click.option(
    "--valid",
    metavar="TEXT",
    help="What to choose the mixture's weights on, not the text that is measured.",
)
@click.option(
    "--out",
    type=click.Path(path_type=pathlib.Path),
    metavar="PICTURE",
    help="Draw the comparison as a .png, .svg or .pdf file, which is replaced.",
)
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print the cards as JSON; an infinite or undefined figure is null.",
)
@click.option(
    "--encoding",
    metavar="NAME",
    default="utf-8",
    show_default=True,
    help="The text's encoding.",
)
def command(
    models: tuple[str, ...],
    level: str | None,
    text: str,
    interpolate: bool,
    valid: str | None,
    out: pathlib.Path | None,
    as_json: bool,
    encoding: str,
) -> None:
    from keraslm_cli.floor import floor_of

    interpolation.check(models, interpolate, valid)
    if out is not None:
        outputs.check_picture(out, inputs=[text, *models])
    for model in models:
        check_there(model)
    opened = texts.open_named_text(text, encoding)
    held_out = None
    if interpolate:
        held_out = interpolation.open_validation_text(valid, text, opened, encoding)
    rows = _measured(models, level, opened, text, encoding)
    if held_out is not None:
        again = interpolation.command_line(models, text, valid, encoding)
        rows.append(_mixture(rows, held_out, again))
    rows.sort(key=lambda row: row.card.nats_per_token)
    floor = floor_of(opened, rows[0].card)
    if out is not None:
        _draw(rows, floor, out)
    if as_json:
        console.print_json(_as_json(rows, floor, out))
    else:
        _print(rows, floor)
        if out is not None:
            console.print_line(f"picture: {out}")


def _measured(
    paths: tuple[str, ...],
    level: str | None,
    text: "Text",
    text_name: str,
    encoding: str,
) -> list[Row]:
    """Measure every model; stop at the first that does not measure the same thing."""
    from keraslm import measures
    from keraslm_cli.commands.evaluate import command_line

    models = [open_model(path, level) for path in paths]
    names = labels([model.name for model in models], paths)
    rows: list[Row] = []
    for model, name, path in zip(models, names, paths, strict=True):
        with console.working(f"measuring {name}"):
            reading = model.read(text)
            card = model.card(reading, command_line(path, text_name, encoding, level))
        rows.append(Row(name, path, model, reading, card))
        named = [dataclasses.replace(row.card, model=row.name) for row in rows]
        measures.require_same_thing(named)
    return rows


def _mixture(rows: list[Row], held_out: "Text", again: str) -> Row:
    """Mix the models, whose readings of the text are not repeated."""
    from keraslm.mixture import Mixture

    with console.working(f"choosing weights on {held_out.name}"):
        names = [row.name for row in rows]
        mixture = Mixture.fit([row.model for row in rows], held_out, names)
    reading = mixture.mix([row.reading for row in rows])
    return Row(mixture.name, None, mixture, reading, mixture.card(reading, again))


def labels(names: list[str], paths: Sequence[str]) -> list[str]:
    """Give each model a name of its own: where names are equal, with its path."""
    if len(set(paths)) < len(paths):
        raise UsageError("a model is compared with others; received the same one twice")
    return [
        name if names.count(name) == 1 else f"{name} ({_place(path)})"
        for name, path in zip(names, paths, strict=True)
    ]


def _place(path: str) -> str:
    """Name RUN for RUN/model.keras."""
    place = pathlib.PurePath(path)
    return str(place.parent if place.name == "model.keras" else place)


def _as_json(
    rows: list[Row], floor: "Floor | None", out: pathlib.Path | None
) -> dict[str, Any]:
    models = [
        {"name": row.name, "path": row.path, "parameters": row.model.parameters}
        | row.card.to_dict()
        for row in rows
    ]
    return {
        "models": models,
        "lowest_possible": dataclasses.asdict(floor) if floor else None,
        "picture": str(out) if out else None,
    }


def _print(rows: list[Row], floor: "Floor | None") -> None:
    lines = [_line(row) for row in rows]
    perplexities = [row.card.perplexity for row in rows]
    if floor is not None:
        figures = (floor.nats_per_token, floor.perplexity, floor.bits_per_character)
        cells = (console.number(figure) for figure in figures)
        lines.append((LOWEST, "", *cells, "", ""))
        perplexities.append(floor.perplexity)
    right = range(1, len(HEADINGS))
    widest = max(map(console.width, console.plain_table(HEADINGS, lines, right)))
    bars = _bars(perplexities, min(console.terminal_width() - widest - 2, LONGEST))
    drawn = [(*line, bar) for line, bar in zip(lines, bars, strict=True)]
    console.print_styled(_title(rows[0].card), "bold")
    foot = 0 if floor is None else 1
    console.print_table((*HEADINGS, ""), drawn, right, foot, LEAVE)


def _line(row: Row) -> tuple[str, ...]:
    card = row.card
    return (
        row.name,
        f"{row.model.parameters:,}",
        console.number(card.nats_per_token),
        console.number(card.perplexity),
        console.number(card.bits_per_character),
        console.number(card.seconds, 2),
        console.number(card.tokens_per_second, 0),
    )


def _bars(perplexities: list[float], longest: int) -> list[str]:
    """Draw each perplexity as a bar from 0, if there is room for one to be read."""
    if longest < SHORTEST:
        return [""] * len(perplexities)
    finite = [value for value in perplexities if math.isfinite(value)]
    unit = longest / max(finite, default=1.0)
    return [
        "█" * max(round(value * unit), 1) if math.isfinite(value) else "░" * longest
        for value in perplexities
    ]


def _title(card: "Card") -> str:
    oov = f", {card.oov_tokens:,} of them <unk>" if card.oov_tokens else ""
    return f"{card.name_of_text}: {card.tokens:,} tokens{oov}; lower is better"


def _draw(rows: list[Row], floor: "Floor | None", out: pathlib.Path) -> None:
    from keraslm.figures.comparison import draw_comparison

    draw_comparison(
        [(row.name, row.card.perplexity) for row in rows],
        out,
        floor=None if floor is None else floor.perplexity,
        subtitle=_title(rows[0].card),
    )
