"""The network of a .keras file: a stranger's, or a model of keraslm without tokens."""

import contextlib
import os
import pathlib
from typing import Any

import keras

from keraslm.errors import ModelFileError, UsageError
from keraslm.files import archive
from keraslm.inference.arguments import CAUSAL_LM, KINDS
from keraslm.inference.opening import read_arrays, read_config
from keraslm.models.foreign import open_foreign
from keraslm.models.stored import read_network, to_keras


def open_network(path: str | os.PathLike[str], tokens: int) -> Any:
    """Open a file as a graph of layers of Keras and keraslm.

    Raises: UsageError if there is none, or it is a masked model; ModelFileError as
        `open_foreign`, or if it is a model of keraslm of another number of tokens.
    """
    file = pathlib.Path(path)
    with contextlib.suppress(ModelFileError):
        archive.refuse_masked(file, archive.read_description(file))
    try:
        kind, config = read_config(file)
    except (ModelFileError, UsageError):
        return open_foreign(file)
    if kind in KINDS:
        read_config(file, tokens)
        model = to_keras(kind, config, read_arrays(file))
    elif kind == CAUSAL_LM:
        model = read_network(file, kind, tokens)
    else:
        return open_foreign(file)
    return keras.Model(model.inputs[0], model.outputs[0], name=model.name)
