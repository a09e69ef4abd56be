"""keraslm plot lengths: is what is long translated as well as what is short?"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from keraslm_cli import completion, console, texts
from keraslm_cli.commands.agreement import models_argument
from keraslm_cli.commands.compare import labels
from keraslm_cli.models import check_there
from keraslm_cli.pictures import Files, files_options

if TYPE_CHECKING:
    from keraslm.tasks import TranslationCard
    from keraslm.text.text import Text


@click.command()
@models_argument
@click.option(
    "--text",
    metavar="TEXT",
    default="dates:test",
    show_default=True,
    shell_complete=completion.texts,
    help="The pairs.",
)
@texts.encoding_option
@files_options
def command(
    models: tuple[str, ...], text: str, encoding: str, out: str, csv: str | None
) -> None:
    """Draw how often each MODEL translates exactly, by the length of the source.

    A line a translator, with 95% intervals. The figures are those of `keraslm
    evaluate`.
    """
    from keraslm.figures.accuracy_by_length import accuracy_by_length_figure
    from keraslm.tasks.pair_card import length_table

    files = Files(out, csv)
    files.check([text, *models])
    for path in models:
        check_there(path)
    opened = texts.open_named_text(text, encoding)
    cards = _measured(models, opened)
    unit = " or ".join(sorted({card.source_unit for card in cards.values()}))
    title = f"{opened.name}: exact match by source length"
    table = length_table(cards)
    files.write(table, lambda: accuracy_by_length_figure(table, title, unit))


def _measured(paths: Sequence[str], text: "Text") -> "dict[str, TranslationCard]":
    """Let every model translate a text; give the cards by the models' names."""
    from keraslm.tasks import load_translator
    from keraslm.tasks.pairs import read_paired

    pairs = read_paired(text)
    opened = [load_translator(path) for path in paths]
    found = {}
    names = labels([model.name for model in opened], paths)
    for name, model in zip(names, opened, strict=True):
        with console.working(f"measuring {name} on {text.name}"):
            found[name] = model.evaluate(pairs)
    return found
