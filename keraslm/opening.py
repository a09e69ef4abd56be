"""`keraslm.load`: any model file, a language model's or a task's."""

import os
from typing import Any

from keraslm import loading
from keraslm.counts.arpa_lines import is_arpa
from keraslm.files import archive
from keraslm.masked import files as masked
from keraslm.mixture_name import is_mixture
from keraslm.tasks import files
from keraslm.truth import is_truth


def load(path: str | os.PathLike[str], level: str | None = None) -> Any:
    """Open a model file, the model of a folder RUN, or a model of another name.

    Other names are "truth:village" and "mix:MODEL=WEIGHT,MODEL=WEIGHT". It is a
    `LanguageModel`, as of `keraslm.loading`, or a model of `keraslm.masked` or
    `keraslm.tasks`, which has no `level`. Nothing in the file is executed.
    Raises: UsageError if there is none, it is of another level, or there is no back end
        for it; ModelFileError if it is damaged or foreign.
    """
    kind = "" if level else _kind(path)
    if kind == archive.MASKED:
        return masked.load(path)
    if kind in archive.TASKS:
        return files.load(path)
    return loading.load(path, level)


def _kind(path: str | os.PathLike[str]) -> str:
    if is_truth(path) or is_mixture(path) or is_arpa(archive.model_path(path)):
        return ""
    return str(archive.read_description(path)["kind"])
