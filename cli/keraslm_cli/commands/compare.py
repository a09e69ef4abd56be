"""keraslm compare: several models on the same text, as a table and a picture."""

import pathlib
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from keraslm.errors import UsageError
from keraslm_cli import completion, console, interpolation, outputs, texts
from keraslm_cli.comparison import Comparison, Perplexities, Row
from keraslm_cli.models import check_there, level_option, open_model

if TYPE_CHECKING:
    from keraslm.text.corpus import Text

HELP = f"""Rank models by their perplexity on the same text.

Of a text with unknown tokens both perplexities are shown, of all tokens and of the
known ones; the latter ranks. Models of different level or vocabulary are compared in
bits a character, and in that alone. On village the last rows are what its grammar
scores on the same text, and the entropy of the language. truth:village, that grammar
as a model, has the vocabulary of the first other MODEL.

With --interpolate one more row is the mixture of the models, sum_k w_k P_k. Its weights
are those that make a validation text most probable: --valid, or the validation part of
the dataset that TEXT names.

{texts.TEXT_HELP}
"""


@click.command(help=HELP)
@click.argument(
    "models",
    metavar="MODEL...",
    nargs=-1,
    required=True,
    shell_complete=completion.files,
)
@level_option
@click.option(
    "--text",
    required=True,
    metavar="TEXT",
    shell_complete=completion.texts,
    help="What to measure on.",
)
@click.option(
    "--interpolate", is_flag=True, help="Measure the mixture of the models too."
)
@click.option(
    "--valid",
    metavar="TEXT",
    shell_complete=completion.texts,
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
@texts.encoding_option
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
    interpolation.check(models, interpolate, valid)
    if out is not None:
        outputs.check_picture(out, inputs=[text, *models])
    for model in models:
        check_there(model)
    opened = texts.open_named_text(text, encoding)
    held_out = None
    if interpolate:
        held_out = interpolation.open_validation_text(valid, text, opened, encoding)
    rows = _measured(models, level, opened, text, encoding, interpolate)
    if held_out is not None:
        again = interpolation.command_line(models, text, valid, encoding)
        rows.append(_mixture(rows, held_out, again))
    found = _comparison(rows)
    if out is not None:
        found.draw(out)
    if as_json:
        console.print_json(found.to_dict() | {"picture": str(out) if out else None})
    else:
        found.print_table()
        if out is not None:
            console.print_line(f"picture: {out}")


def _comparison(rows: list[Row]) -> Comparison:
    """Compare perplexities, or bits a character where the tokens are not the same."""
    from keraslm.card import difference, require_figures
    from keraslm_cli.bits_comparison import BitsPerCharacter

    first, *others = cards = [replace(row.card, model=row.name) for row in rows]
    require_figures(cards)
    reasons = (difference(first, other) for other in others)
    reason = next(filter(None, reasons), None)
    return BitsPerCharacter(rows, reason) if reason else Perplexities(rows)


def _measured(
    paths: tuple[str, ...],
    level: str | None,
    text: "Text",
    text_name: str,
    encoding: str,
    mix: bool,
) -> list[Row]:
    """Measure every model; refuse before what cannot be mixed, if it shall be."""
    from keraslm.mixture import require_mixable
    from keraslm.truth import told_alike
    from keraslm_cli.commands.evaluate import command_line

    models = told_alike([open_model(path, level) for path in paths])
    if mix:
        require_mixable(models)
    names = labels([model.name for model in models], paths)
    rows: list[Row] = []
    for model, name, path in zip(models, names, paths, strict=True):
        with console.working(f"measuring {name}"):
            reading = model.read(text)
            card = model.card(reading, command_line(path, text_name, encoding, level))
        rows.append(Row(name, path, model, reading, card))
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
