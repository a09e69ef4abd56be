"""A network in a model file from a stranger: one of ours, plain sizes, its weights.

Keras would build whatever object a configuration names. Here the name is looked up
among keraslm's own models, and the configuration may only hold plain values, layers of
keraslm, and for an adopted network stock layers of Keras, so there is nothing that
could be run.
"""

import inspect
import math
import pathlib
import re
from collections.abc import Iterator, Sequence
from typing import Any

import keras

from keraslm import archive, members
from keraslm.errors import ModelFileError
from keraslm.models.causal import CausalModel
from keraslm.models.counted_weights import weights_of
from keraslm.models.foreign import check_stock
from keraslm.models.foreign_sizes import LARGEST_FREE as OF_ADOPTED
from keraslm.models.foreign_sizes import check_numbers, check_room
from keraslm.models.weights_file import stored_shapes

LARGEST_CONFIG = 1 << 24  # bytes
LARGEST_FREE = 1000  # a size that is no axis of the weights, such as a context
LARGEST_NUMBER = 1 << 63
LONGEST_TEXT = 100
POLICIES = (
    "float16",
    "bfloat16",
    "float32",
    "float64",
    "mixed_float16",
    "mixed_bfloat16",
)
_OF_LAYERS = ("name", "trainable", "dtype")  # what every Keras layer is given
_GATHERED = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
_CHECKED = ("vocabulary_size", "places", "unknown", "given")  # against the vocabulary


def read_network(path: pathlib.Path, vocabulary_size: int) -> CausalModel:
    """Build the network of a model file and give it the weights that are stored.

    Raises: ModelFileError if it is no model of keraslm, is damaged, has not the
        vocabulary's size, or weights that are missing, of another shape, or no numbers.
    """
    with archive.opened(path) as opened:
        stored = members.read_json(path, opened, archive.CONFIG, LARGEST_CONFIG)
        network, config = _class_of(path, stored, CausalModel), _config_of(path, stored)
        _check_names(path, network, config)
        size = config.get("vocabulary_size", vocabulary_size)
        if size != vocabulary_size:
            raise ModelFileError(
                f"{path} holds a model of {size!r:.30} tokens and a vocabulary of "
                f"{vocabulary_size}; they must be equal"
            )
        with members.extracted(path, opened, archive.WEIGHTS) as weights:
            return _filled(path, network, config, weights)


def _class_of(path: pathlib.Path, stored: dict[str, Any], base: Any) -> Any:
    """Look up the class among keraslm's own; nothing is imported by its name."""
    name, module = stored.get("registered_name"), stored.get("module")
    if f"{name}".startswith("keraslm>") and f"{module}".startswith("keraslm."):
        found = keras.saving.get_registered_object(name)
        if isinstance(found, type) and issubclass(found, base):
            return found
    what = f"{module!s:.40}.{stored.get('class_name')!s:.40}"
    kind = "model" if base is CausalModel else "layer"
    raise ModelFileError(f"{path} holds a {what}, not a {kind} of keraslm")


def _config_of(path: pathlib.Path, stored: dict[str, Any]) -> dict[str, Any]:
    """Give the arguments of the model: plain values, and the name of its numbers."""
    config = stored.get("config")
    if not isinstance(config, dict):
        raise ModelFileError(f"{path} is damaged: its config is not a table")
    plain = dict(config)
    if "dtype" in plain:
        plain["dtype"] = _policy(plain["dtype"])
    for name, value in plain.items():
        values = value if isinstance(value, list) else [value]
        if not _describes_layer(value) and not all(map(_is_plain, values)):
            raise ModelFileError(
                f"{path} is refused: {name[:40]!r} in its config is not a plain value"
            )
    return plain


def _policy(dtype: Any) -> Any:
    """Give the name of a policy that Keras described as an object of its own."""
    if isinstance(dtype, dict) and dtype.get("class_name") == "DTypePolicy":
        dtype = dtype["config"].get("name") if _names(dtype.get("config")) else dtype
    return dtype if dtype in POLICIES else {}


def _names(config: Any) -> bool:
    return isinstance(config, dict) and config.keys() == {"name"}


def _describes_layer(value: Any) -> bool:
    return isinstance(value, dict) and "class_name" in value


def _is_plain(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= LONGEST_TEXT and value.isprintable()
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or (isinstance(value, int) and abs(value) < LARGEST_NUMBER)


def _check_names(path: pathlib.Path, kind: type[Any], config: dict[str, Any]) -> None:
    """Let arguments be missing, which have defaults, but not be unknown."""
    known = [name for base in kind.__mro__ for name in _arguments_of(base)]
    for name in config:
        if name not in (*known, *_OF_LAYERS):
            raise ModelFileError(
                f"{path} has an argument {name[:40]!r} that {kind.__name__} does "
                "not know; install the keraslm that wrote it"
            )
    if "vocabulary_size" in known and "vocabulary_size" not in config:
        raise ModelFileError(f"{path} is damaged: its config lacks 'vocabulary_size'")


def _arguments_of(kind: type[Any]) -> Iterator[str]:
    """Give the names that a class of keraslm's own takes."""
    if kind.__module__.startswith("keraslm."):
        for name, parameter in inspect.signature(kind.__init__).parameters.items():
            if name != "self" and parameter.kind not in _GATHERED:
                yield name


def _filled(
    path: pathlib.Path,
    network: type[CausalModel],
    config: dict[str, Any],
    weights: pathlib.Path,
) -> CausalModel:
    try:
        shapes = stored_shapes(weights)
        _check_sizes(config, shapes)
        check_numbers(config.get("network"), shapes, str(path))
        numbers = sum(math.prod(shape) for shape in shapes)
        twice = 2 if "network" in config else 1  # as Bidirectional builds its layer
        with weights_of(twice * numbers):
            model = network(**{n: _argument(path, v) for n, v in config.items()})
            if not model.built:
                model.build_weights()
        if model.count_params() != numbers:
            raise ValueError(f"{numbers} weights for {model.count_params()}")
        model.load_weights(weights)
        if "network" in config:
            check_room(model.network, str(path))
    except ModelFileError:
        raise
    except Exception as error:  # Keras and h5py raise whatever they stumbled over
        raise ModelFileError(
            f"{path} is damaged: its config and its weights do not make a model "
            f"({_reason(error)})"
        ) from error
    return model


def _argument(path: pathlib.Path, value: Any) -> Any:
    """Give a plain value as it is; make a layer of its description."""
    if not _describes_layer(value):
        return value
    if not f"{value.get('registered_name')}".startswith("keraslm>"):
        check_stock(value, str(path))
        return keras.saving.deserialize_keras_object(value, safe_mode=True)
    layer, config = _class_of(path, value, keras.layers.Layer), _config_of(path, value)
    _check_names(path, layer, config)
    return layer(**config)


def _reason(error: Exception) -> str:
    """Give one line of an error; Keras prints the error within a layer in bold."""
    bold = re.search(r"\x1b\[1m(.+)", str(error))
    lines = (bold[1] if bold else str(error).strip()).splitlines()
    return (lines or [type(error).__name__])[0].replace("\x1b[0m", "")[:160]


def _check_sizes(config: dict[str, Any], shapes: Sequence[tuple[int, ...]]) -> None:
    """Refuse sizes that the weights do not show, before a layer is made of them."""
    axes = {length for shape in shapes for length in shape}
    for name, value in config.items():
        if _describes_layer(value) or name in _CHECKED:
            continue
        sizes = value if isinstance(value, list) else [value]
        layers = value if name == "layers" else len(sizes)
        if layers > 1 and 2 * layers > len(shapes):  # a layer has two arrays or more
            raise ValueError(
                f"{len(shapes)} arrays of weights for {name} {value!s:.30}"
            )
        free = {size for size in sizes if type(size) is int} - axes
        largest = OF_ADOPTED if "network" in config else LARGEST_FREE
        if name != "seed" and max(free, default=0) > largest:
            raise ValueError(f"{name} {value!s:.30} is no size of the weights")
