"""Opening a Keras file of unknown origin: stock layers only, nothing is executed."""

import json
import os
import pathlib
import zipfile
from collections.abc import Iterator
from typing import Any

import keras

from keraslm.errors import ModelFileError, UsageError

CONFIGURATION = "config.json"
LARGEST_CONFIGURATION = 64 * 2**20  # bytes
HDF5_SIGNATURE = b"\x89HDF"
LAYERS = frozenset(
    """
    Functional Sequential Model InputLayer Embedding ReversibleEmbedding Dense
    EinsumDense Activation Dropout SpatialDropout1D GaussianDropout GaussianNoise
    AlphaDropout Identity Masking Rescaling Normalization CategoryEncoding
    SimpleRNN GRU LSTM RNN SimpleRNNCell GRUCell LSTMCell StackedRNNCells
    Bidirectional TimeDistributed Conv1D SeparableConv1D DepthwiseConv1D
    MaxPooling1D AveragePooling1D GlobalMaxPooling1D GlobalAveragePooling1D
    ZeroPadding1D Cropping1D UpSampling1D Flatten Reshape Permute RepeatVector
    Add Subtract Multiply Average Maximum Minimum Concatenate Dot
    ReLU LeakyReLU ELU PReLU Softmax
    BatchNormalization LayerNormalization RMSNormalization GroupNormalization
    UnitNormalization MultiHeadAttention GroupQueryAttention Attention
    AdditiveAttention DTypePolicy DTypePolicyMap
    """.split()
)
LAYER_MODULES = ("keras", "keras.layers", "keras.models")
LAYER_PACKAGES = ("keras.src.layers.", "keras.src.models.", "keras.src.dtype_policies.")
PART_MODULES = (  # what layers are made with, and the arithmetic between layers
    "keras.initializers",
    "keras.regularizers",
    "keras.constraints",
    "keras.dtype_policies",
    "keras.src.ops.numpy",
    "keras.src.ops.nn",
    "keras.src.ops.math",
)
MARKS = ("__keras_tensor__", "__tuple__")


def open_foreign(path: str | os.PathLike[str]) -> Any:
    """Open a .keras file that someone else wrote, as a graph of stock layers.

    Raises: UsageError if there is none; ModelFileError for HDF5, a damaged file, or
        one with a layer that is not Keras's own.
    """
    file = pathlib.Path(path)
    check_stock(_configuration(file), str(file))
    try:
        model = keras.saving.load_model(file, compile=False, safe_mode=True)
    except Exception as error:  # Keras raises whatever it stumbled over
        first_line = (str(error).strip().splitlines() or [""])[0]
        raise ModelFileError(
            f"Keras cannot open {file} ({type(error).__name__}: {first_line[:120]})"
        ) from error
    if not isinstance(model, keras.Sequential | keras.Model) or not _inputs(model):
        raise ModelFileError(
            f"{file} holds a {type(model).__name__} without inputs; adopt a Sequential "
            "or functional model that was built or called before it was saved"
        )
    # one input or output stands alone, not in a list of one
    ends = [x[0] if len(x) == 1 else x for x in (model.inputs, model.outputs)]
    return keras.Model(*ends, name=model.name)


def check_stock(configuration: Any, where: str) -> None:
    """Refuse a configuration that names anything but Keras's own layers.

    Raises: ModelFileError naming the first class that is not allowed.
    """
    for found in _classes(configuration):
        if not _is_stock(found):
            shown = f"{found.get('module') or 'no module'}: {found['class_name']}"
            raise ModelFileError(
                f"{where} is refused: it names {shown[:120]!r}, and only Keras's own "
                "layers may be opened, not Lambda, custom or text-reading ones; build "
                "the model of stock layers, copy the weights, and save it again"
            )


def _classes(value: Any) -> Iterator[dict[str, Any]]:
    waiting = [value]  # no recursion: a file may nest as deeply as it likes
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if "class_name" in value:
                yield value
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def _is_stock(found: dict[str, Any]) -> bool:
    name, module = found["class_name"], found.get("module")
    if not isinstance(name, str) or not isinstance(module, str | None):
        return False
    if name in MARKS:
        return module is None
    if module is None or found.get("registered_name") not in (None, name):
        return False
    if module in PART_MODULES:
        return name.isidentifier() and not name.startswith("_") and name != "function"
    return name in LAYERS and (
        module in LAYER_MODULES or module.startswith(LAYER_PACKAGES)
    )


def _configuration(file: pathlib.Path) -> Any:
    """Read what a Keras archive is made of, without Keras."""
    if not file.is_file():
        raise UsageError(f"there is no model file {file}; check the path")
    with file.open("rb") as start:
        is_hdf5 = start.read(4) == HDF5_SIGNATURE
    if is_hdf5:
        raise ModelFileError(
            f"{file} is an HDF5 file, which can hold pickled Python code, so it is "
            "refused; if you trust it, convert it: "
            "keras.models.load_model('old.h5').save('new.keras')"
        )
    try:
        with zipfile.ZipFile(file) as archive:
            if archive.getinfo(CONFIGURATION).file_size > LARGEST_CONFIGURATION:
                raise ModelFileError(
                    f"{file} is refused: its {CONFIGURATION} is larger than "
                    f"{LARGEST_CONFIGURATION} bytes"
                )
            configuration = json.loads(archive.read(CONFIGURATION))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, RecursionError) as error:
        if isinstance(error, ModelFileError):
            raise
        raise ModelFileError(
            f"{file} is no whole .keras file, a zip archive with {CONFIGURATION}; "
            "save the model with model.save('model.keras')"
        ) from error
    if not isinstance(configuration, dict):
        raise ModelFileError(f"{file} is damaged: {CONFIGURATION} is not an object")
    # Neither is used: the model is not compiled, and its shapes follow its inputs.
    return {
        key: value for key, value in configuration.items() if key != "compile_config"
    }


def _inputs(model: Any) -> Any:
    try:
        return model.inputs and model.outputs
    except (AttributeError, ValueError):
        return None
