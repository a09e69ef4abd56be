"""A network in a model file, opened without Keras."""

import pathlib
from typing import Any

from keraslm.errors import ModelFileError
from keraslm.files import archive, zip_archive
from keraslm.files.weights import read_weights
from keraslm.inference import arguments
from keraslm.inference.building import Arrays

LARGEST_CONFIG = 1 << 24  # bytes


def read_config(path: pathlib.Path, vocabulary_size: int) -> tuple[str, dict[str, Any]]:
    """Give the class of a file's network and its arguments, checked.

    Of an adopted network only the class is checked here, for Keras opens it.
    Raises: ModelFileError if it is no network of keraslm, or not of the vocabulary.
    """
    with archive.opened(path) as opened:
        stored = zip_archive.read_json(path, opened, archive.CONFIG, LARGEST_CONFIG)
    known = (*arguments.MODELS, *arguments.ADOPTED)
    name = arguments.class_of(str(path), stored, known, "model")
    if name in arguments.ADOPTED:
        return name, {}
    config = arguments.arguments(str(path), name, arguments.MODELS[name], stored)
    if "vocabulary_size" not in config:
        raise ModelFileError(f"{path} is damaged: its config lacks 'vocabulary_size'")
    size = config["vocabulary_size"]
    if size != vocabulary_size:
        raise ModelFileError(
            f"{path} holds a model of {size} tokens and a vocabulary of "
            f"{vocabulary_size}; they must be equal"
        )
    return name, config


def read_arrays(path: pathlib.Path) -> Arrays:
    """Read the weights of a model file by name.

    Raises: ModelFileError if they are missing, or no plain numbers.
    """
    with (
        archive.opened(path) as opened,
        zip_archive.extracted(path, opened, archive.WEIGHTS) as weights,
    ):
        return read_weights(weights, str(path))
