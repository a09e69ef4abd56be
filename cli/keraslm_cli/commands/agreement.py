"""keraslm agreement: does a model let verbs agree with their subjects?"""

import itertools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from keraslm.errors import UsageError
from keraslm_cli import completion, console, outputs, texts
from keraslm_cli.commands.compare import labels
from keraslm_cli.models import check_there, level_option, open_model

if TYPE_CHECKING:
    import pandas as pd

    from keraslm.agreement import Agreement, Verb
    from keraslm.text.corpus import Text

HELP = f"""Measure whether verbs agree with their subjects.

In "the baker that farmers love sings", farmers is an attractor: a noun between subject
and verb that has the other number. For each verb of TEXT that follows its subject, a
model is right if the form that agrees is more probable, after the words before it, than
the other form; a tie counts as half. The accuracy is shown by the number of attractors
and by the distance in words, with n, the number of verbs, and Wilson's 95% interval.

TEXT must be of village, whose grammar knows what agrees with what. {texts.TEXT_HELP}
"""


models_argument = click.argument(
    "models",
    metavar="MODEL...",
    nargs=-1,
    required=True,
    shell_complete=completion.files,
)
text_option = click.option(
    "--text",
    metavar="TEXT",
    default="village:test",
    show_default=True,
    shell_complete=completion.texts,
    help="The sentences.",
)
sentences_option = click.option(
    "--sentences",
    metavar="N",
    type=click.IntRange(min=1),
    help="Take the first N sentences of TEXT; by default all.",
)


def asked_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the models, --level, --text and --sentences."""
    return models_argument(level_option(text_option(sentences_option(command))))


@click.command(help=HELP)
@asked_options
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option(
    "--csv", metavar="FILE", help="Write the figures to FILE, which is replaced."
)
@texts.encoding_option
def command(
    models: tuple[str, ...],
    level: str | None,
    text: str,
    sentences: int | None,
    as_json: bool,
    csv: str | None,
    encoding: str,
) -> None:
    if csv is not None:
        outputs.check_output(csv, inputs=[text, *models])
    opened, measured = measure(models, level, text, sentences, encoding)
    table = joined(measured)
    if csv is not None:
        _write_csv(table, csv)
    if as_json:
        console.print_json(_as_json(opened.name, measured))
    else:
        _print(opened.name, measured, table)


def verbs_of(text: "Text", sentences: int | None) -> "list[Verb]":
    """Give every verb of a text of village, with its subject."""
    from keraslm.agreement import Verb
    from keraslm_datasets import village

    if text.language is None:
        raise UsageError(
            f"agreement is measured on village, and {text.name} is not of its language"
        )
    lines = itertools.islice(text.lines(), sentences)
    return [Verb(line, fact) for line in lines for fact in village.agreement(line)]


def measure(
    paths: Sequence[str],
    level: str | None,
    named: str,
    sentences: int | None,
    encoding: str,
) -> "tuple[Text, dict[str, Agreement]]":
    """Ask every model about a text; give it, and the answers by the models' names."""
    from keraslm.agreement import agreement

    for path in paths:
        check_there(path)
    text = texts.open_named_text(named, encoding)
    with console.working(f"reading {text.name}"):
        verbs = verbs_of(text, sentences)
    opened = [open_model(path, level) for path in paths]
    names = labels([model.name for model in opened], paths)
    found = {}
    for name, model in zip(names, opened, strict=True):
        with console.working(f"asking {name}"):
            found[name] = agreement(model, verbs)
    return text, found


def joined(measured: "dict[str, Agreement]") -> "pd.DataFrame":
    """Put the models' tables into one, a group of verbs after the other."""
    import pandas as pd

    tables = {name: found.table() for name, found in measured.items()}
    joined = pd.concat(tables, names=["model"]).reset_index("model")
    return joined.sort_index(kind="stable").reset_index(drop=True)


def _write_csv(table: "pd.DataFrame", path: str) -> None:
    from keraslm.files.writing import write_atomically

    with write_atomically(path) as temporary:
        table.to_csv(temporary, index=False)


def _as_json(text: str, measured: "dict[str, Agreement]") -> dict[str, Any]:
    models = [
        {
            "model": name,
            **found.accuracy.to_dict(),
            "left_out": found.left_out,
            "by_attractors": _groups(found.by_attractors()),
            "by_distance": _groups(found.by_distance()),
        }
        for name, found in measured.items()
    ]
    return {"text": text, "models": models}


def _groups(groups: dict[str, Any]) -> dict[str, Any]:
    return {name: accuracy.to_dict() for name, accuracy in groups.items()}


def _print(text: str, measured: "dict[str, Agreement]", table: "pd.DataFrame") -> None:
    """Print a table by attractors, one by distance, and what is left out."""
    console.print_styled(f"verbs of {text} that agree with their subjects", "bold")
    for by in ("attractors", "distance"):
        rows = table[table["by"].isin((by, "all"))].to_dict("records")
        lines = [
            (
                row["group"],
                row["model"],
                _percent(row["accuracy"]) + "%" * (row["n"] > 0),
                f"{_percent(row['low'])} to {_percent(row['high'])}",
                f"{row['n']:,}",
            )
            for row in rows
        ]
        console.print_blank()
        headings = (by, "model", "accuracy", "95% interval", "n")
        leave = ("95% interval", "n")
        foot = len(measured)
        console.print_table(headings, lines, (2, 3, 4), foot, leave, texts=())
    for name, found in measured.items():
        if found.accuracy.ties:
            console.say(f"{name}: {found.accuracy.ties:,} ties counted as half")
        if found.left_out:
            console.say(
                f"{name}: {found.left_out:,} verbs are left out, of which the "
                "vocabulary lacks a form"
            )


def _percent(share: float) -> str:
    return console.number(100 * share, 1)
