"""Opening a Keras file of unknown origin: stock layers only, nothing is executed."""

import math
import os
import pathlib
from collections.abc import Iterator
from typing import Any

import keras

from keraslm.errors import ModelFileError, UsageError, in_short
from keraslm.files import zip_archive
from keraslm.files.weights import stored_shapes
from keraslm.models.counted_weights import weights_of
from keraslm.models.foreign_sizes import check_numbers, check_room

CONFIGURATION = "config.json"
WEIGHTS = "model.weights.h5"
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
OURS = frozenset(
    """
    AdaptiveSoftmax AdditiveAttention BackwardSelfAttention Bias BothSides
    CausalSelfAttention ClassSoftmax Dense DirectFeatures DotProductAttention
    DropWords Dropout GRU LSTM LearnedPositions MultiHotDense NgramEmbedding OneHot
    OneHotDense RMSNorm Recurrent RotaryPositions SelfAttention SimpleRNN
    SinusoidalPositions TiedEmbedding TransformerBlock Window
    """.split()
)
READS_TEXT = ("TextVectorization", "StringLookup", "IntegerLookup", "Hashing")
MARKS = (  # of a graph's inputs and constants
    "__keras_tensor__",
    "__tensor__",
    "__numpy__",
    "__tuple__",
    "__slice__",
    "__ellipsis__",
)
MOST_LAYERS = 500
_OF_LAYERS = ("DTypePolicy", "DTypePolicyMap", *MARKS)


def open_foreign(path: str | os.PathLike[str]) -> Any:
    """Open a .keras file that someone else wrote, as a graph of stock layers.

    Raises: UsageError if there is none; ModelFileError for HDF5, a damaged file, one
        with a layer that is not Keras's own, or one that would fill the memory.
    """
    file = pathlib.Path(path)
    _check_kind(file)
    with zip_archive.opened(file) as archive:
        if CONFIGURATION not in archive.namelist():
            raise ModelFileError(
                f"{file} is no .keras file: it has no {CONFIGURATION}; save the model "
                "with model.save('model.keras')"
            )
        stored = zip_archive.read_json(
            file, archive, CONFIGURATION, LARGEST_CONFIGURATION
        )
        # Neither is used: the model is not compiled, and its shapes follow its inputs.
        configuration = {k: v for k, v in stored.items() if k != "compile_config"}
        check_stock(configuration, str(file))
        with zip_archive.extracted(file, archive, WEIGHTS) as weights:
            return _filled(file, configuration, weights)


def _filled(
    file: pathlib.Path, configuration: dict[str, Any], weights: pathlib.Path
) -> Any:
    """Build what a configuration says and give it the weights that are stored."""
    try:
        shapes = stored_shapes(weights, kinds="fiu")  # integers: seeds, steps
        check_numbers(configuration, shapes, str(file))
        numbers = sum(math.prod(shape) for shape in shapes)
        with weights_of(2 * numbers):  # Bidirectional builds what it makes two of, too
            model = keras.saving.deserialize_keras_object(configuration, safe_mode=True)
        _require_inputs(model, file)
        model.load_weights(weights)
        # one input or output stands alone, not in a list of one
        ends = [x[0] if len(x) == 1 else x for x in (model.inputs, model.outputs)]
        network = keras.Model(*ends, name=model.name)
        check_room(network, str(file))
    except ModelFileError:
        raise
    except Exception as error:  # Keras and h5py raise whatever they stumbled over
        raise ModelFileError(f"Keras cannot open {file} ({in_short(error)})") from error
    return network


def check_stock(configuration: Any, where: str) -> None:
    """Refuse a configuration that names anything but Keras's own layers.

    Raises: ModelFileError naming the first class that is not allowed, or if there are
        more layers than anyone stacks.
    """
    layers = 0
    for found in _classes(configuration):
        if found["class_name"] in READS_TEXT:
            raise ModelFileError(
                f"{where} is refused: its layer {found['class_name']} reads text; cut "
                "it off, save the model that reads its ids, and give what its "
                "get_vocabulary() gives as the vocabulary"
            )
        if not _is_stock(found):
            shown = f"{found.get('module') or 'no module'}: {found['class_name']}"
            raise ModelFileError(
                f"{where} is refused: it names {shown[:120]!r}, and only layers of "
                "Keras and keraslm may be opened, not Lambda, custom or text-reading "
                "ones; build the model of such layers, copy the weights, and save it "
                "again"
            )
        layers += _is_layer(found)
    if layers > MOST_LAYERS:
        raise ModelFileError(
            f"{where} is refused: it has {layers} layers, more than {MOST_LAYERS}"
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
    if module is None:
        return False
    if module.startswith("keraslm.layers."):
        return name in OURS and found.get("registered_name") == f"keraslm>{name}"
    if found.get("registered_name") not in (None, name):
        return False
    if module in PART_MODULES:
        return name.isidentifier() and not name.startswith("_") and name != "function"
    return name in LAYERS and (
        module in LAYER_MODULES or module.startswith(LAYER_PACKAGES)
    )


def _is_layer(found: dict[str, Any]) -> bool:
    is_part = found.get("module") in PART_MODULES and "ops" not in found["module"]
    return not is_part and found["class_name"] not in _OF_LAYERS


def _check_kind(file: pathlib.Path) -> None:
    """Refuse what is no file, and an HDF5 file."""
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


def _require_inputs(model: Any, file: pathlib.Path) -> None:
    if not isinstance(model, keras.Sequential | keras.Model) or not _inputs(model):
        raise ModelFileError(
            f"{file} holds a {type(model).__name__} without inputs; adopt a Sequential "
            "or functional model that was built or called before it was saved"
        )


def _inputs(model: Any) -> Any:
    try:
        return model.inputs and model.outputs
    except (AttributeError, ValueError):
        return None
