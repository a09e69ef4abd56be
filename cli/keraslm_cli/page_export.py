"""Models as a page for a browser: `keraslm export --format html`."""

import pathlib
from collections.abc import Sequence

from keraslm.errors import UsageError
from keraslm_cli import console, counts_export, texts
from keraslm_cli import models as model_files

FORMAT = "html"


def check_options(
    models: Sequence[str], file_format: str, weights: str | None, text: str | None
) -> None:
    """Refuse what only a page has.

    Raises: UsageError
    """
    if file_format == FORMAT:
        return
    if len(models) > 1:
        raise UsageError(
            f"--format {file_format} writes one model; received {len(models)}: two "
            "models are compared with --format html"
        )
    is_measured = file_format == counts_export.FORMAT
    for flag, value in (("--weights", weights), ("--text", text)):
        if value is not None and not (flag == "--text" and is_measured):
            raise UsageError(
                f"{flag} is for --format html; received --format {file_format}: "
                "leave it out"
            )


def write(
    models: Sequence[str],
    out: pathlib.Path,
    weights: str,
    text: str | None,
    level: str | None,
) -> None:
    """Write a page of models, and say what rounding their weights costs.

    Raises: as keraslm.load, and `export_page`
    """
    from keraslm.export.page.writing import export_page

    for model in models:
        model_files.check_there(model)
    opened = None if text is None else texts.open_named_text(text)
    language_models = [model_files.open_model(model, level) for model in models]
    names = _labels([model.name for model in language_models], models)
    with console.working(f"writing {out}"):
        page = export_page(language_models, out, weights, opened, names)
    for model, cost in zip(models, page.costs, strict=True):
        console.note(f"{model}: {cost.report}")
    console.print_line(str(page.path))


def _labels(names: list[str], models: Sequence[str]) -> list[str]:
    """Give each model its name; where names are equal, with that of its file or run."""
    if len(set(names)) == len(names):
        return names
    paths = [pathlib.Path(model) for model in models]
    places = [p.parent.name if p.name == "model.keras" else p.stem for p in paths]
    return [f"{name} ({place})" for name, place in zip(names, places, strict=True)]
