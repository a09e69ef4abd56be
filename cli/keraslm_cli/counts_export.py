"""A count model as a model file: `keraslm export --format keraslm`."""

import pathlib

from keraslm.errors import UsageError
from keraslm_cli import console, texts
from keraslm_cli import models as model_files

FORMAT = "keraslm"


def check_options(file_format: str, quantize: int | None, text: str | None) -> None:
    """Refuse what only such a file has.

    Raises: UsageError
    """
    if file_format != FORMAT and quantize is not None:
        raise UsageError(
            f"--quantize is for --format {FORMAT}; received --format {file_format}: "
            "leave it out"
        )
    if file_format == FORMAT and text is not None and quantize is None:
        raise UsageError(
            "--text measures what --quantize costs; give both, or leave it out"
        )


def write(
    model: str,
    out: pathlib.Path,
    quantize: int | None,
    text: str | None,
    level: str | None,
) -> None:
    """Write the file, and say what quantising costs.

    Raises: as keraslm.load, and `export_counts`
    """
    from keraslm.export.counts import export_counts

    model_files.check_there(model)
    opened = None if text is None else texts.open_named_text(text)
    language_model = model_files.open_model(model, level)
    with console.working(f"writing {out}"):
        path, cost = export_counts(language_model, out, quantize, opened)
    if cost:
        console.note(cost)
    console.print_line(str(path))
