"""A network in a model file, opened without Keras."""

import pathlib
from typing import Any

from keraslm.errors import ModelFileError
from keraslm.files import archive, zip_archive
from keraslm.files.weights import read_weights
from keraslm.inference import arguments
from keraslm.inference.weights import Arrays

LARGEST_CONFIG = 1 << 24  # bytes


NETWORK = "network"  # a graph of layers, which Keras opens


def read_config(
    path: pathlib.Path, vocabulary_size: int | None = None
) -> tuple[str, dict[str, Any]]:
    """Give the kind of a file's network and its arguments, checked.

    Of an adopted network, or one of a user's own layers, only the class is checked
    here, and is its kind: Keras opens it.
    Raises: ModelFileError if it is no network of keraslm, or not of the vocabulary.
    """
    with archive.opened(path) as opened:
        stored = zip_archive.read_json(path, opened, archive.CONFIG, LARGEST_CONFIG)
    known = (arguments.CAUSAL_LM, *arguments.EARLIER, *arguments.ADOPTED)
    name = arguments.class_of(str(path), stored, known, "model")
    table = stored.get("config")
    if name in arguments.ADOPTED or (isinstance(table, dict) and NETWORK in table):
        return name, {}
    kind, stored = _kind(path, name, stored)
    config = arguments.arguments(str(path), name, arguments.KINDS[kind], stored)
    if "vocabulary_size" not in config:
        raise ModelFileError(f"{path} is damaged: its config lacks 'vocabulary_size'")
    size = config["vocabulary_size"]
    if vocabulary_size not in (None, size):
        raise ModelFileError(
            f"{path} holds a model of {size} tokens and a vocabulary of "
            f"{vocabulary_size}; they must be equal"
        )
    return kind, config


def _kind(
    path: pathlib.Path, name: str, stored: dict[str, Any]
) -> tuple[str, dict[str, Any]]:
    """Give the kind of network, and the table without it."""
    if name in arguments.EARLIER:
        return arguments.EARLIER[name], stored
    table = stored.get("config")
    config = dict(table) if isinstance(table, dict) else {}
    kind = config.pop("kind", None)
    if kind not in arguments.KINDS:
        known = ", ".join(arguments.KINDS)
        raise ModelFileError(
            f"{path} holds a network of kind {kind!r:.40}; known are {known}"
        )
    return kind, {**stored, "config": config}


def read_arrays(path: pathlib.Path) -> Arrays:
    """Read the weights of a model file by name.

    Raises: ModelFileError if they are missing, or no plain numbers.
    """
    with (
        archive.opened(path) as opened,
        zip_archive.extracted(path, opened, archive.WEIGHTS) as weights,
    ):
        found = read_weights(weights, str(path))
    if "vars/0" in found:  # the bias of version 1's maximum-entropy model
        found["bias/vars/0"] = found.pop("vars/0")
    return found
