"""A model on the command line, and the level of an ARPA file, which does not say it."""

from typing import TYPE_CHECKING

import click

from keraslm_cli import console
from keraslm_cli.flags import in_flags

if TYPE_CHECKING:
    from keraslm.language_model import LanguageModel

level_option = click.option(
    "--level",
    type=click.Choice(["char", "word"]),
    help="What a token of an ARPA file or of truth:village is. Without it: what the "
    "keraslm that wrote the file says there, or else word.",
)


def check_there(path: str) -> None:
    """Refuse a model file that is missing, before a text is read for it.

    Raises: UsageError
    """
    from keraslm.files.archive import model_path
    from keraslm.mixture_name import is_mixture, parts_of
    from keraslm.truth import is_truth

    if is_mixture(path):
        for part in parts_of(path)[0]:
            check_there(part)
    elif not is_truth(path):
        model_path(path)


def refuse_without_file(path: str, needed: str) -> None:
    """Refuse truth:village and a mixture where a model with a file is needed.

    Raises: UsageError
    """
    from keraslm.errors import UsageError
    from keraslm.mixture_name import is_mixture
    from keraslm.truth import is_truth

    if is_mixture(path):
        raise UsageError(f"{path} is a mixture, which has no file; {needed} its models")
    if is_truth(path):
        raise UsageError(
            f"{path} is a grammar, which has not learnt from a text; {needed} a model "
            "that has"
        )


def open_model(path: str, level: str | None = None) -> "LanguageModel":
    """Open a model file; what had to be guessed of an ARPA file is said.

    Raises: as keraslm.load
    """
    from keraslm.counts.model import NgramModel
    from keraslm.loading import load

    model = load(path, level)
    if isinstance(model, NgramModel):
        for hint in model.hints:
            console.note(f"{path}: {in_flags(hint)}")
    return model
