"""keraslm export: a model for programs that do not have keraslm."""

import pathlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click

from keraslm.errors import UsageError
from keraslm.files.destinations import check_folder, destination
from keraslm_cli import completion, console, counts_export, outputs, page_export
from keraslm_cli import models as model_files

if TYPE_CHECKING:
    from keraslm.language_model import LanguageModel


ENDINGS = {
    "keras": ".keras",
    "arpa": ".arpa",
    "html": ".html",
    counts_export.FORMAT: ".keras",
}
FOLDERS = ("savedmodel", "onnx", "litert")
FILES = (*dict.fromkeys(ENDINGS.values()), ".onnx", ".tflite", ".pb", ".h5")


@click.command()
@click.argument(
    "models",
    nargs=-1,
    required=True,
    metavar="MODEL [MODEL2]",
    shell_complete=completion.files,
)
@click.argument("out", type=click.Path(path_type=pathlib.Path))
@click.option(
    "--format",
    "file_format",
    type=click.Choice([*ENDINGS, *FOLDERS]),
    required=True,
    help="keras: stock layers, and a vocabulary file; savedmodel, onnx, litert: "
    "a folder for TensorFlow, ONNX Runtime, LiteRT; arpa: counts, as KenLM's; html: "
    "a page for a browser, of one model or two; keraslm: counts, of an ARPA file too, "
    "as a model file that opens at once.",
)
@click.option(
    "--quantize",
    type=int,
    metavar="BITS",
    help="Round the logarithms of counts to this many bits, 2 to 16, with --format "
    "keraslm.",
)
@click.option(
    "--weights",
    type=click.Choice(["float16", "int8"]),
    help="How a page stores a network's weights.  [default: float16]",
)
@click.option(
    "--text",
    metavar="TEXT",
    shell_complete=completion.texts,
    help="What to measure the cost of rounding on; without it, the valid part "
    "of the corpus that the model was trained on.",
)
@model_files.level_option
@click.option("--overwrite", is_flag=True, help="Replace OUT if it exists.")
def command(
    models: tuple[str, ...],
    out: pathlib.Path,
    file_format: str,
    quantize: int | None,
    weights: str | None,
    text: str | None,
    level: str | None,
    overwrite: bool,
) -> None:
    """Write MODEL to OUT, which other programs open.

    A neural model becomes a .keras file that needs no keraslm and gives the same
    outputs, with its vocabulary as JSON beside it; or a folder that holds the model one
    token at a time, with its states as inputs and outputs, and for whole sequences, a
    description as JSON and a program that writes text. A count model becomes an .arpa
    file, which KenLM and SRILM read, or a model file of keraslm's own, which --quantize
    makes small. A page shows what one model, or two side by side,
    think may come next, and writes text, without a server; its numbers and its program
    are in the file. The paths of what was written are printed.
    """
    from keraslm.export.installed import check_installed

    for model in models:
        model_files.refuse_without_file(model, "export")
    page_export.check_options(models, file_format, weights, text)
    counts_export.check_options(file_format, quantize, text)
    _check_out([pathlib.Path(model) for model in models], out, file_format, overwrite)
    check_installed(file_format)
    try:
        if file_format == page_export.FORMAT:
            page_export.write(models, out, weights or "float16", text, level)
            return
        if file_format == counts_export.FORMAT:
            counts_export.write(models[0], out, quantize, text, level)
            return
    except OSError as error:
        raise _cannot_write(out, error) from error
    language_model = model_files.open_model(models[0], level)
    with console.working(f"exporting {language_model.name}"):
        write = _write_arpa if file_format == "arpa" else _write_neural
        try:
            paths = write(language_model, out, file_format)
        except OSError as error:
            raise _cannot_write(out, error) from error
    for path in paths:
        console.print_line(str(path))


def _cannot_write(out: pathlib.Path, error: OSError) -> UsageError:
    return UsageError(f"cannot write {out}: {error.strerror or error}")


def _write_neural(
    model: "LanguageModel", out: pathlib.Path, file_format: str
) -> Iterable[pathlib.Path]:
    from keraslm.export.folder import export_folder
    from keraslm.export.stock import export_stock
    from keraslm.inference.language_model import NetworkLanguageModel

    if not isinstance(model, NetworkLanguageModel):
        raise UsageError(
            f"{model.name} is made of counts and has no Keras layers to export; give "
            "--format arpa, or export a neural model"
        )
    if file_format == "keras":
        return export_stock(model, out)
    return export_folder(model, out, file_format)


def _write_arpa(
    model: "LanguageModel", out: pathlib.Path, _file_format: str
) -> Iterable[pathlib.Path]:
    from keraslm.counts.model import NgramModel

    if not isinstance(model, NgramModel):
        raise UsageError(
            f"{model.name} is a neural model and has no n-grams to export; give "
            "--format keras, or export a count model"
        )
    model.write_arpa(out)
    return [out]


def _check_out(
    models: Sequence[pathlib.Path], out: pathlib.Path, file_format: str, overwrite: bool
) -> None:
    """Refuse before any work what cannot be written.

    Raises: UsageError
    """
    _check_name(out, file_format)
    if out.exists() and any(
        path.exists() and path.samefile(out)
        for model in models
        for path in (model, model / out.name)
    ):
        raise UsageError(f"{out} is the model itself; give OUT another name")
    if file_format in FOLDERS:
        _check_folder(out, overwrite)
        return
    outputs.check_output(out, overwrite)
    if file_format == "keras":
        outputs.check_output(out.with_suffix(".vocabulary.json"))


def _check_folder(out: pathlib.Path, overwrite: bool) -> None:
    if not out.parent.is_dir():
        raise UsageError(f"there is no folder {str(out.parent)!r} to write {out.name}")
    if out.is_dir() and not overwrite:
        raise UsageError(f"{out} exists; choose another name or give --overwrite")
    check_folder(out)


def _check_name(out: pathlib.Path, file_format: str) -> None:
    if file_format in FOLDERS:
        if out.suffix in FILES:
            raise UsageError(
                f"--format {file_format} writes a folder; give a name without "
                f"{out.suffix}; received {str(out)!r}"
            )
        return
    ending = ENDINGS[file_format]
    if out.suffix == ".h5":
        raise UsageError(
            "an .h5 file can hold code that runs when it is opened; "
            f"give a name that ends with {ending}; received {str(out)!r}"
        )
    is_named = file_format == "keras" or not destination(out).is_stream
    if out.suffix != ending and is_named:
        raise UsageError(
            f"--format {file_format} writes a file that ends with {ending}; "
            f"received {str(out)!r}"
        )
