"""What the weights of an interpolation are chosen on: never the text measured."""

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

from keraslm.errors import UsageError
from keraslm_cli import texts

if TYPE_CHECKING:
    from keraslm.text.corpus import Text


def check(models: Sequence[str], interpolate: bool, valid: str | None) -> None:
    """Refuse --valid without --interpolate, and --interpolate of a single model.

    Raises: UsageError
    """
    if valid is not None and not interpolate:
        raise UsageError(
            "--valid is what --interpolate chooses weights on; give both or neither"
        )
    if interpolate and len(models) < 2:
        raise UsageError(
            f"--interpolate mixes two models or more; received {len(models)}"
        )


def open_validation_text(
    valid: str | None, text: str, opened: "Text", encoding: str
) -> "Text":
    """Open `valid`, or the validation part of the dataset that `text` names.

    Raises: UsageError if there is none or it is the text measured, and as
        `texts.open_named_text`.
    """
    valid = _validation_part(text) if valid is None else valid
    if valid != text:  # standard input cannot be opened twice
        found = texts.open_named_text(valid, encoding)
        if found.sha256 != opened.sha256:
            return found
    raise UsageError(
        f"weights are never chosen on the text that is measured, and {valid} is the "
        "same as --text; give another text to --valid"
    )


def _validation_part(text: str) -> str:
    if not texts.is_dataset(text):
        raise UsageError(
            f"--interpolate chooses weights on a validation text, and {text} is no "
            "dataset, which would have one; give --valid FILE"
        )
    name, *rest = texts.dataset_parts(text)
    return ":".join((name, "valid", *rest[1:]))  # of the same size


def command_line(
    models: Sequence[str], text: str, valid: str | None, encoding: str
) -> str:
    """Give the command that mixes and measures again, for the card."""
    options = [] if valid is None else ["--valid", valid]
    options += [] if encoding == "utf-8" else ["--encoding", encoding]
    command = ["keraslm", "compare", *models, "--text", text, "--interpolate", *options]
    return shlex.join(command)
