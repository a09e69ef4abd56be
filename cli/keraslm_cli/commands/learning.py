"""keraslm learning: what the models of a run's steps are near to."""

from typing import Any

import click

from keraslm_cli import completion, console
from keraslm_cli.help_page import number_option


@click.command()
@click.argument("run", metavar="RUN", shell_complete=completion.files)
@number_option(
    "--prefixes",
    64,
    "How many beginnings of lines the figures are the mean of.",
    least=1,
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(run: str, prefixes: int, as_json: bool) -> None:
    """Compare a run's models, step by step, with counts.

    A row a step: the divergence KL(counts || model) of the unigram, bigram and trigram
    model of the training text, and of the grammar where it is known, in bits a token
    after beginnings of lines of the validation text. The models are those that train
    keeps with --keep-last.
    """
    from keraslm.answers.comparison import Comparison
    from keraslm.answers.run_files import RunFiles
    from keraslm.errors import UsageError

    comparison = Comparison(RunFiles(run), prefixes=prefixes)
    comparison.work()
    told = comparison.told()
    if not told["rows"]:
        raise UsageError(f"{run}: {told['message']}")
    if as_json:
        console.print_json(told)
        return
    rows = [_cells(row, told["names"]) for row in told["rows"]]
    right = range(1 + len(told["names"]))
    console.print_table(("step", *told["names"], "nearest"), rows, right)
    text = "validation" if told["on_validation"] else "training"
    console.note(f"mean of {told['prefixes']} beginnings of lines of the {text} text")


def _cells(row: dict[str, Any], names: list[str]) -> list[str]:
    from keraslm.answers.comparison import nearest

    figures = ["infinite" if row[n] is None else f"{row[n]:.3f}" for n in names]
    return [f"{row['step']:,}", *figures, nearest(row) or ""]
