"""Open a model file, whatever kind of model it holds."""

import os
import pathlib

from keraslm import archive
from keraslm.backend import check_backend
from keraslm.counts.arpa_lines import is_arpa
from keraslm.counts.model import NgramModel
from keraslm.errors import UsageError
from keraslm.language_model import LanguageModel


def load(path: str | os.PathLike[str], level: str | None = None) -> LanguageModel:
    """Open a model file, or the model of a folder RUN.

    An ARPA file is a model too, of words unless its `level` is told, "char" or "word",
    or it was written here; any other file says its level itself. Counts are opened
    without TensorFlow. Nothing in the file is executed.
    Raises: UsageError if there is none, it is of another level, or there is no backend
        for it; ModelFileError if it is damaged or foreign.
    """
    file = archive.model_path(path)
    if is_arpa(file):
        return NgramModel.read_arpa(file, level)
    model = _archived(file)
    if level not in (None, model.vocabulary.level):
        raise UsageError(
            f"{path} is a model of {model.vocabulary.level} tokens, as it says itself; "
            f"`level={level!r}` is for ARPA files, which do not"
        )
    return model


def _archived(file: pathlib.Path) -> LanguageModel:
    description = archive.read_description(file)
    if description["kind"] == "counts":
        return NgramModel.load(file, description)
    check_backend()
    from keraslm.models.language_model import KerasLanguageModel

    return KerasLanguageModel.load(file)
