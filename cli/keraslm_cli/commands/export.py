"""keraslm export: a model for programs that do not have keraslm."""

import pathlib

import click

from keraslm.errors import UsageError
from keraslm_cli import console


@click.command()
@click.argument("model")
@click.argument("out", type=click.Path(path_type=pathlib.Path))
@click.option(
    "--format",
    "file_format",
    type=click.Choice(["keras"]),
    required=True,
    help="keras: stock Keras layers only, with a vocabulary file beside it.",
)
@click.option("--overwrite", is_flag=True, help="Replace OUT if it exists.")
def command(model: str, out: pathlib.Path, file_format: str, overwrite: bool) -> None:
    """Write MODEL to OUT, which plain Keras opens.

    OUT ends with .keras, needs no keraslm, and gives the same outputs as MODEL. The
    paths of what was written are printed: the model, and its vocabulary as JSON.
    """
    import keraslm
    from keraslm.models.language_model import KerasLanguageModel
    from keraslm.models.stock import export_stock

    _check_out(pathlib.Path(model), out, overwrite)
    language_model = keraslm.load(model)
    if not isinstance(language_model, KerasLanguageModel):
        raise UsageError(
            f"{language_model.name} is made of counts and has no Keras layers to "
            "export; export a neural model"
        )
    with console.working(f"exporting {language_model.name}"):
        paths = export_stock(language_model, out)
    for path in paths:
        click.echo(path)


def _check_out(model: pathlib.Path, out: pathlib.Path, overwrite: bool) -> None:
    """Refuse before any work what cannot be written.

    Raises: UsageError
    """
    if out.suffix == ".h5":
        raise UsageError(
            "an .h5 file can hold code that runs when it is opened; "
            f"give a name that ends with .keras; received {str(out)!r}"
        )
    if out.suffix != ".keras":
        raise UsageError(
            f"--format keras writes a file that ends with .keras; received {str(out)!r}"
        )
    if not out.parent.is_dir():
        raise UsageError(f"there is no folder {str(out.parent)!r} to write {out.name}")
    if out.exists() and any(
        path.exists() and path.samefile(out) for path in (model, model / out.name)
    ):
        raise UsageError(f"{out} is the model itself; give OUT another name")
    if out.exists() and not overwrite:
        raise UsageError(f"{out} exists; choose another name or give --overwrite")
