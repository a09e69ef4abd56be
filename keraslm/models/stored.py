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
from keraslm.files.weights import stored_shapes
from keraslm.inference.arguments import SOFTMAXES, arguments, class_of
from keraslm.inference.building import Arrays
from keraslm.inference.opening import LARGEST_CONFIG
from keraslm.layers import AdaptiveSoftmax, ClassSoftmax
from keraslm.models.adopted import AdoptedModel, AdoptedRecurrent, AdoptedWindow
from keraslm.models.causal import CausalModel
from keraslm.models.counted_weights import weights_of
from keraslm.models.foreign import check_stock
from keraslm.models.foreign_sizes import check_numbers, check_room
from keraslm.models.maxent import MaxEntModel
from keraslm.models.named_variables import named_variables
from keraslm.models.recurrent import RecurrentModel
from keraslm.models.window import WindowModel

MODELS = {c.__name__: c for c in (RecurrentModel, WindowModel, MaxEntModel)}
LAYERS = {c.__name__: c for c in (AdaptiveSoftmax, ClassSoftmax)}
ADOPTED = {c.__name__: c for c in (AdoptedRecurrent, AdoptedWindow)}
NUMBERS = {"places", "unknown", "given"}  # lists of tokens
_ARGUMENTS = {"network", "scores", "context", "name", "trainable", "dtype", *NUMBERS}


def to_keras(name: str, config: dict[str, Any], arrays: Arrays) -> CausalModel:
    """Build the Keras model of a class, with the weights of a network on NumPy."""
    given = dict(config)
    if given.get("softmax") is not None:
        stored = given["softmax"]
        kind = class_of(name, stored, tuple(SOFTMAXES), "layer")
        of_layer = arguments(name, kind, SOFTMAXES[kind], stored)
        given["softmax"] = LAYERS[kind](**of_layer)
    model: CausalModel = MODELS[name](**given)
    model.build_weights()
    for path, variable in named_variables(model).items():
        variable.assign(arrays[path])
    return model


def read_adopted(path: pathlib.Path, name: str, vocabulary_size: int) -> AdoptedModel:
    """Open a file with an adopted network; nothing in it is executed.

    Raises: ModelFileError if it is damaged, has other layers than Keras's own, or
        another vocabulary.
    """
    with archive.opened(path) as opened:
        stored = zip_archive.read_json(path, opened, archive.CONFIG, LARGEST_CONFIG)
        config = stored.get("config")
        if not isinstance(config, dict) or not _are_plain(config):
            raise ModelFileError(f"{path} is damaged: its config is no plain table")
        check_stock(config["network"], str(path))
        if len(config.get("places", ())) != vocabulary_size:
            raise ModelFileError(
                f"{path} holds a model of {len(config.get('places', ()))} tokens and a "
                f"vocabulary of {vocabulary_size}; they must be equal"
            )
        with zip_archive.extracted(path, opened, archive.WEIGHTS) as weights:
            return _filled(path, ADOPTED[name], config, weights)


def _are_plain(config: dict[str, Any]) -> bool:
    """Say whether the arguments beside the network are numbers and short texts."""
    if config.keys() - _ARGUMENTS or not isinstance(config.get("network"), dict):
        return False
    lists = all(
        isinstance(config.get(name, []), list)
        and all(type(value) is int for value in config.get(name, []))
        for name in NUMBERS
    )
    scores, context = config.get("scores"), config.get("context", 1)
    return lists and isinstance(scores, str) and type(context) is int


def _filled(
    path: pathlib.Path, kind: Any, config: dict[str, Any], weights: pathlib.Path
) -> AdoptedModel:
    try:
        shapes = stored_shapes(weights)
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
        check_room(model.network, str(path))
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
