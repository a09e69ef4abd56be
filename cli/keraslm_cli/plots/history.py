"""keraslm plot history: the perplexity of runs while they trained."""

import pathlib
from typing import TYPE_CHECKING

import click

from keraslm.errors import UsageError
from keraslm_cli import completion
from keraslm_cli.pictures import Files, files_options

if TYPE_CHECKING:
    import pandas as pd


@click.command()
@click.argument(
    "runs", metavar="RUN...", nargs=-1, required=True, shell_complete=completion.files
)
@click.option(
    "--x",
    type=click.Choice(["steps", "seconds", "tokens"]),
    default="steps",
    show_default=True,
    help="What the horizontal axis counts.",
)
@click.option(
    "--split",
    type=click.Choice(["valid", "train"]),
    default="valid",
    show_default=True,
    help="The perplexity of which text.",
)
@files_options
def command(
    runs: tuple[str, ...], x: str, split: str, out: str, csv: str | None
) -> None:
    """Draw the perplexity of each RUN while it trained.

    RUN is the folder of a run, or its history.csv.
    """
    from keraslm.figures.histories import history_figure, history_table

    paths = [_history_path(run) for run in runs]
    files = Files(out, csv)
    files.check(map(str, paths))
    histories = [read_history(path) for path in paths]
    table = history_table(list(zip(_names(runs), histories, strict=True)), x, split)
    files.write(table, lambda: history_figure(table, split=split))


def _history_path(run: str) -> pathlib.Path:
    path = pathlib.Path(run)
    path = path / "history.csv" if path.is_dir() else path
    if not path.is_file():
        raise UsageError(
            f"there is no history in {run}; give the folder of a run, or its "
            "history.csv"
        )
    return path


def _names(runs: tuple[str, ...]) -> list[str]:
    """Name each run by its folder, or by its path where folders have one name."""
    folders = [run.removesuffix("history.csv").rstrip("/") or run for run in runs]
    if len(set(folders)) < len(folders):
        raise UsageError("a run is drawn beside others; received the same one twice")
    names = [pathlib.PurePath(folder).name for folder in folders]
    return [
        name if names.count(name) == 1 else folder
        for name, folder in zip(names, folders, strict=True)
    ]


def read_history(path: pathlib.Path) -> "pd.DataFrame":
    """Read a history.

    Raises: UsageError for a file that is none.
    """
    import pandas as pd

    wanted = {"step", "seconds", "split", "perplexity"}
    try:
        history = pd.read_csv(path)
        numbers = [*wanted - {"split"}]
        history[numbers] = history[numbers].astype(float)
    except (ValueError, KeyError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path} is no history of a run: it needs the columns "
            f"{', '.join(sorted(wanted))}"
        ) from error
    return history
