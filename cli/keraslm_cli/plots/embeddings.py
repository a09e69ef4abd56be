"""keraslm plot embeddings: words where their vectors lie."""

import pathlib
from typing import TYPE_CHECKING

import click

from keraslm.errors import UsageError
from keraslm_cli.commands.embeddings import METHOD_OPTION, telling_words
from keraslm_cli.help_page import number_option
from keraslm_cli.pictures import Files, files_options
from keraslm_cli.vector_sources import SOURCE_HELP, open_vectors, vectors_argument

if TYPE_CHECKING:
    from keraslm.vectors.relations import Relation

DRAWN = 40  # words, where none are named


@click.command(
    help="Draw words where their vectors lie.\n\n"
    "Where no word is named, frequent ones are drawn, without the most frequent ones, "
    f"which are mostly function words.\n\n{SOURCE_HELP}"
)
@vectors_argument
@click.argument("words", metavar="[WORD...]", nargs=-1)
@click.option(
    "--group",
    "groups",
    metavar="NAME=A,B,...",
    multiple=True,
    help="Draw these words with a form and colour of their own; may be repeated.",
)
@click.option(
    "--arrows",
    "relations",
    metavar="NAME=A:B,C:D,...",
    multiple=True,
    help="Draw an arrow from A to B, from C to D and so on, as from singular to plural "
    "words, and say how parallel they are in all dimensions; may be repeated.",
)
@number_option(
    "--number", DRAWN, "Where no word is named: how many frequent ones.", least=1
)
@METHOD_OPTION
@number_option("--seed", 0, "With tsne: the same seed gives the same map.")
@files_options
def command(
    vectors: str,
    skip_bad_lines: bool,
    words: tuple[str, ...],
    groups: tuple[str, ...],
    relations: tuple[str, ...],
    number: int,
    method: str,
    seed: int,
    out: str,
    csv: str | None,
) -> None:
    """Lay the words flat and draw them."""
    from keraslm.figures.vectors import plane_table, vectors_figure
    from keraslm.vectors.relations import parallelism
    from keraslm.vectors.tsne import settler

    files = Files(out, csv)
    files.check([vectors])
    pairs = [_relation(text) for text in relations]
    group_of = {w: r.name for r in pairs for w in r.words} | _groups(groups)
    if method == "tsne":
        settler()  # refuses now what would be missed after the vectors are read
    table = open_vectors(vectors, skip_bad_lines)
    chosen = list(dict.fromkeys([*group_of, *words]))
    chosen = chosen or [*telling_words(table, number)]
    named = [group_of.get(word, "") for word in chosen] if group_of else None
    points, about = plane_table(table, chosen, method, seed, named)
    title = f"Words of {pathlib.Path(vectors).name}"
    arrows = [(pair, parallelism(table, pair)) for pair in pairs]
    files.write(points, lambda: vectors_figure(points, title, about, arrows))


def _relation(text: str) -> "Relation":
    """Read NAME=A:B,C:D.

    Raises: UsageError
    """
    from keraslm.vectors.relations import Relation

    name, _, given = text.partition("=")
    pairs = [tuple(pair.split(":")) for pair in given.split(",") if pair]
    if not name or not pairs or not all(len(p) == 2 and all(p) for p in pairs):
        raise UsageError(
            "arrows are a name and pairs of words, as in plural=dog:dogs,cat:cats; "
            f"received {text!r}"
        )
    return Relation(name, tuple((before, after) for before, after in pairs))


def _groups(groups: tuple[str, ...]) -> dict[str, str]:
    """Give each word's group.

    Raises: UsageError for a group that is not NAME=A,B.
    """
    found: dict[str, str] = {}
    for group in groups:
        name, _, words = group.partition("=")
        if not name or not words:
            raise UsageError(
                f"a group is a name and its words, as in animals=dog,cat; received "
                f"{group!r}"
            )
        found |= dict.fromkeys(filter(None, words.split(",")), name)
    return found
