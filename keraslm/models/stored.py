"""The Keras model of a model file: one of ours, or an adopted network of stock layers.

What the file says was checked by `keraslm.inference` before anything is built of it.
"""

import math
import pathlib
import re
from typing import Any

import keras

from keraslm.errors import ModelFileError
from keraslm.files import archive, zip_archive
from keraslm.files.weights import read_weights
from keraslm.inference.opening import LARGEST_CONFIG
from keraslm.inference.weights import Arrays
from keraslm.models.adopted import AdoptedRecurrent, AdoptedWindow
from keraslm.models.architecture import Architecture
from keraslm.models.causal_lm import CausalLM
from keraslm.models.counted_weights import weights_of
from keraslm.models.foreign import check_stock
from keraslm.models.foreign_sizes import check_numbers, check_room
from keraslm.models.numpy_network import named_variables

ADOPTED = {c.__name__: c for c in (AdoptedRecurrent, AdoptedWindow)}
NUMBERS = {"places", "unknown", "given"}  # lists of tokens
_ARGUMENTS = {"network", "scores", "context", "name", "trainable", "dtype", *NUMBERS}


def to_keras(kind: str, config: dict[str, Any], arrays: Arrays) -> CausalLM:
    """Build the Keras model of a kind, with the weights of a network on NumPy."""
    model: CausalLM = Architecture.build({"kind": kind, **config})
    for path, variable in named_variables(model).items():
        variable.assign(arrays[path])
    return model


def read_network(path: pathlib.Path, name: str, vocabulary_size: int) -> Any:
    """Open a file with an adopted network, or one of a user's own layers.

    Nothing in it is executed.
    Raises: ModelFileError if it is damaged, has other layers than Keras's own and
        keraslm's, or another vocabulary.
    """
    with archive.opened(path) as opened:
        stored = zip_archive.read_json(path, opened, archive.CONFIG, LARGEST_CONFIG)
        config = stored.get("config")
        if not isinstance(config, dict) or not _are_plain(config):
            raise ModelFileError(f"{path} is damaged: its config is no plain table")
        check_stock(config["network"], str(path))
        with zip_archive.extracted(path, opened, archive.WEIGHTS) as weights:
            model = _filled(path, ADOPTED.get(name, CausalLM), config, weights)
    if model.vocabulary_size != vocabulary_size:
        raise ModelFileError(
            f"{path} holds a model of {model.vocabulary_size} tokens and a vocabulary "
            f"of {vocabulary_size}; they must be equal"
        )
    return model


def _are_plain(config: dict[str, Any]) -> bool:
    """Say whether the arguments beside the network are numbers and short texts."""
    if config.keys() - _ARGUMENTS or not isinstance(config.get("network"), dict):
        return False
    lists = all(
        isinstance(config.get(name, []), list)
        and all(type(value) is int for value in config.get(name, []))
        for name in NUMBERS
    )
    scores, context = config.get("scores", ""), config.get("context", 1)
    return lists and isinstance(scores, str) and type(context) is int


def _filled(
    path: pathlib.Path, kind: Any, config: dict[str, Any], weights: pathlib.Path
) -> Any:
    try:
        arrays = read_weights(weights, str(path))  # an optimizer's stay out
        shapes = [array.shape for array in arrays.values()]
        check_numbers(config["network"], shapes, str(path))
        numbers = sum(math.prod(shape) for shape in shapes)
        with weights_of(2 * numbers):  # Bidirectional builds its layer twice
            network = keras.saving.deserialize_keras_object(
                config["network"], safe_mode=True
            )
            own = {
                n: config[n] for n in config.keys() & {*NUMBERS, "scores", "context"}
            }
            model = kind(network, **own)
        if model.count_params() != numbers:
            raise ValueError(f"{numbers} weights for {model.count_params()}")
        model.load_weights(weights)
        check_room(getattr(model, "network", model), str(path))
    except ModelFileError:
        raise
    except Exception as error:  # Keras and h5py raise whatever they stumbled over
        raise ModelFileError(
            f"{path} is damaged: its config and its weights do not make a model "
            f"({_reason(error)})"
        ) from error
    return model


def _reason(error: Exception) -> str:
    """Give one line of an error; Keras prints the error within a layer in bold."""
    bold = re.search(r"\x1b\[1m(.+)", str(error))
    lines = (bold[1] if bold else str(error).strip()).splitlines()
    return (lines or [type(error).__name__])[0].replace("\x1b[0m", "")[:160]
