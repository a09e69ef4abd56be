"""keraslm resume: go on with a run that was interrupted."""

import contextlib
import dataclasses
import os
import pathlib
from typing import TYPE_CHECKING, Any

import click

from keraslm.errors import UsageError
from keraslm.training.options import Configuration, read_toml
from keraslm.training.options.toml import task_of
from keraslm_cli import completion, several, tasks, texts
from keraslm_cli.run_options import run_options

if TYPE_CHECKING:
    from keraslm.tasks.options import TaskOptions
    from keraslm.text.corpus import Corpus

    Options = Configuration | TaskOptions


@click.command()
@click.argument("run", type=click.Path(path_type=pathlib.Path))
@click.option(
    "--corpus",
    metavar="CORPUS",
    shell_complete=completion.texts,
    help="Where the same text is now.  [default: where it was]",
)
@run_options(("epochs", "steps", "minutes", "patience"), default="as before")
@several.several_options
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(run: pathlib.Path, as_json: bool, **flags: Any) -> None:
    """Go on with the run that was interrupted in RUN.

    RUN/config.toml says what it is, RUN/checkpoint.zip where it was. Without a
    checkpoint it starts over. A later end lets a finished run go on. Files that it
    names are looked for from here, then from the folders above RUN.
    """
    from keraslm_cli.commands.train import train_and_tell

    file = run / "config.toml"
    if not file.is_file():
        raise UsageError(f"there is no run in {run}: it has no config.toml")
    shared = several.taken_out(flags)
    given = {name: value for name, value in flags.items() if value is not None}
    if os.path.lexists(given.get("corpus", "")):
        given["corpus"] = str(pathlib.Path(given["corpus"]).absolute())
    c = _options(file, given | {"out": str(run)})
    folder = _where_its_files_are(run, c)
    if folder != pathlib.Path():
        c = dataclasses.replace(c, out=str(run.resolve()))
    with contextlib.chdir(folder):
        if isinstance(c, Configuration):
            train_and_tell(c, _opened(c), False, True, as_json, shared)
        else:
            several.refuse(shared, "another task")
            tasks.train_on(c, _opened(c), False, True, as_json)


def _options(file: pathlib.Path, given: dict[str, Any]) -> "Options":
    """Read the options of a language model's run, or of another task's."""
    task = task_of(file)
    if task is None:
        return Configuration(**(read_toml(file) | given))
    return tasks.options_of_run(task, file, given)


def _where_its_files_are(run: pathlib.Path, c: "Options") -> pathlib.Path:
    """Find the folder in which the run was begun: its paths are relative to that.

    It is the present one, or else the nearest above RUN, that has all of its files.
    Raises: UsageError if there is none, and it is not the corpus that is missing.
    """
    files = _files_of(c)
    here = pathlib.Path()
    for folder in (here, *run.resolve().parents):
        if all(os.path.lexists(folder / file) for file in files):
            return folder
    missing = [file for file in files if not os.path.lexists(file)]
    if c.corpus not in missing:
        raise UsageError(
            f"{run} was begun with {missing[0]}, which is neither here nor in a folder "
            "above it; put it there"
        )
    return here


def _files_of(c: "Options") -> list[str]:
    named = (getattr(c, name, None) for name in ("embeddings", "init_from", "classes"))
    files = [file for file in named if file and not file.isdecimal()]
    if c.corpus != "-" and not texts.is_dataset(c.corpus):
        files.append(c.corpus)
    return files


def _opened(c: "Options") -> "Corpus":
    try:
        return texts.open_named_corpus(c.corpus, c.encoding, c.split)
    except UsageError as error:
        raise UsageError(
            f"{error}; if the text lies elsewhere now, say --corpus"
        ) from (error)
