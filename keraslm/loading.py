"""Open a model file, whatever kind of model it holds."""

import functools
import os
import pathlib
from typing import Any

from keraslm.backend import check_backend
from keraslm.counts.arpa_lines import is_arpa
from keraslm.counts.model import NgramModel
from keraslm.errors import UsageError, first_line
from keraslm.files import archive
from keraslm.inference.arguments import KINDS
from keraslm.inference.building import build, trained_and_frozen
from keraslm.inference.language_model import NetworkLanguageModel
from keraslm.inference.opening import read_arrays, read_config
from keraslm.language_model import LanguageModel
from keraslm.mixture import Mixture
from keraslm.mixture_name import is_mixture, parts_of
from keraslm.text.encoder import TextEncoder
from keraslm.truth import is_truth, open_truth, told_alike


def load(path: str | os.PathLike[str], level: str | None = None) -> LanguageModel:
    """Open a model file, the model of a folder RUN, or a model of another name.

    Other names are the truth, "truth:village", and mixtures of models, with or without
    their weights: "mix:runs/lstm=0.7,runs/3-gram=0.3".

    An ARPA file is a model too, of words unless its `level` is told, "char" or "word",
    or it was written here; any other file says its level itself. Counts and networks
    of keraslm's own are opened without Keras; an adopted network needs it. Nothing in
    the file is executed. The truth is of words unless its `level` is "char".
    Raises: UsageError if there is none, it is of another level, or there is no back end
        for it; ModelFileError if it is damaged or foreign.
    """
    if is_truth(path):
        return open_truth(str(path), level)
    if is_mixture(path):
        return _mixed(str(path), level)
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


def _mixed(name: str, level: str | None) -> Mixture:
    paths, weights = parts_of(name)
    models = told_alike([load(path, level) for path in paths])
    names = [model.name for model in models]
    return Mixture(models, weights, names if len({*names}) == len(names) else paths)


def _archived(file: pathlib.Path) -> LanguageModel:
    description = archive.read_description(file)
    if description["kind"] in archive.TASKS:
        kind = description["kind"]
        raise UsageError(
            f"{file} is a {kind} and no language model: it predicts no next word; use "
            f"keraslm {archive.COMMANDS[kind]} or keraslm evaluate, or "
            "keraslm.tasks.load in Python"
        )
    archive.refuse_masked(file, description)
    if description["kind"] == "counts":
        return NgramModel.load(file, description)
    return _load_network(file, description)


def _load_network(file: pathlib.Path, described: dict[str, Any]) -> LanguageModel:
    encoder = TextEncoder.from_dict(described["encoder"])
    size = len(encoder.vocabulary)
    kind, config = read_config(file, size)
    name, metadata = described["name"], described["metadata"]
    if kind not in KINDS:
        return _load_by_keras(file, kind, encoder, name, metadata)
    arrays = read_arrays(file)
    network = build(str(file), kind, config, arrays)

    @functools.cache
    def as_keras() -> Any:
        check_backend()
        from keraslm.models.language_model import KerasLanguageModel
        from keraslm.models.stored import to_keras

        model = to_keras(kind, config, arrays)
        model.tokens, model.title, model.metadata = encoder, name, metadata
        return KerasLanguageModel(model, encoder, name, metadata)

    numbers = trained_and_frozen(config, arrays)
    return NetworkLanguageModel(network, encoder, name, metadata, numbers, as_keras)


def _load_by_keras(
    file: pathlib.Path,
    kind: str,
    encoder: TextEncoder,
    name: str,
    metadata: dict[str, Any],
) -> LanguageModel:
    check_backend()
    try:
        from keraslm.models.language_model import KerasLanguageModel
        from keraslm.models.stored import read_network
    except ImportError as error:
        raise UsageError(
            f"{file}: a network that no builder of keraslm made needs Keras "
            f"with a back end, which cannot be imported here ({first_line(error)})"
        ) from error
    model = read_network(file, kind, len(encoder.vocabulary))
    return KerasLanguageModel(model, encoder, name, metadata)
