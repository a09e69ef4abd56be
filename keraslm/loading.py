"""Open a model file, whatever kind of model it holds."""

import os

from keraslm import archive
from keraslm.counts.arpa import is_arpa
from keraslm.counts.model import NgramModel
from keraslm.language_model import LanguageModel


def load(path: str | os.PathLike[str]) -> LanguageModel:
    """Open a model file, or the model of a folder RUN.

    An ARPA file is a model too, of words. Counts are opened without TensorFlow.
    Nothing in the file is executed.
    Raises: UsageError if there is none; ModelFileError if it is damaged or foreign.
    """
    file = archive.model_path(path)
    if is_arpa(file):
        return NgramModel.read_arpa(file)
    description = archive.read_description(file)
    if description["kind"] == "counts":
        return NgramModel.load(file, description)
    from keraslm.models.language_model import KerasLanguageModel

    return KerasLanguageModel.load(path)
