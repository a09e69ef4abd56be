"""A built model's variables by the names of its file, and the network on NumPy.

The same names are used by `keraslm.inference`, which reads them without Keras.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from keras import ops

from keraslm.inference.building import LAYER_NAMES, build, numbered
from keraslm.inference.network import Network
from keraslm.inference.transformer import block_name, shapes_of_block


def named_variables(model: Any) -> dict[str, Any]:
    """Give every variable of a model that holds a weight."""
    by_kind = {
        "recurrent": _of_recurrent,
        "window": _of_window,
        "maxent": _of_maxent,
        "transformer": _of_transformer,
    }
    found = by_kind[model.architecture.kind](model)
    softmax = model.outputs[0]._keras_history.operation
    if hasattr(softmax, "nats"):
        name = "adaptive" if hasattr(softmax, "cutoffs") else "class"
        found |= _of_layer(f"layers/{name}_softmax", softmax.weights)
    direct = getattr(model, "direct", None)
    return found if direct is None else found | {"direct/vars/0": direct.table}


def to_numpy(model: Any) -> Network:
    """Give the network on NumPy, with the model's present weights."""
    arrays = {name: array(v) for name, v in named_variables(model).items()}
    architecture = model.architecture
    return build(model.name, architecture.kind, architecture.arguments, arrays)


def array(weight: Any) -> npt.NDArray[Any]:
    """Give a weight's numbers."""
    return np.asarray(ops.convert_to_numpy(weight))


def _of_recurrent(model: Any) -> dict[str, Any]:
    given = model.architecture.arguments
    found = {"embed/vars/0": model.embed.embeddings}
    if hasattr(model, "ngrams"):
        found["layers/ngram_embedding/vars/0"] = model.ngrams.embeddings
    name = LAYER_NAMES.get(given["cell"], "recurrent")
    for number, layer in enumerate(model.recurrent):
        found |= _of_layer(numbered(name, number), layer.cell_weights)
    if hasattr(model, "project"):
        found |= _of_layer("layers/dense", [model.project.kernel])
    elif given["softmax"] is None and not given["tied"]:
        found |= _of_layer("layers/dense", _product(model.predict_next))
    return found


def _of_window(model: Any) -> dict[str, Any]:
    found = _of_layer("first", _product(model.first))
    embed = getattr(model, "embed", None)
    if embed is not None:
        found["embed/vars/0"] = embed.embeddings
    rest = getattr(model, "rest", [])
    for number, layer in enumerate(rest, start=embed is not None):
        found |= _of_layer(numbered("dense", number), _product(layer))
    return found


def _of_transformer(model: Any) -> dict[str, Any]:
    found = {"embed/vars/0": model.embed.embeddings}
    found["last_norm/vars/0"] = model.last_norm.scale
    for number, block in enumerate(model.blocks):
        weights = [
            block.norm_before_attention.scale,
            block.attention.project.kernel,
            block.attention.output_project.kernel,
            block.norm_before_hidden.scale,
            *_product(block.widen),
            *_product(block.narrow),
        ]
        names = shapes_of_block(1)
        named = zip(names, weights, strict=True)
        found |= {f"{block_name(number)}/{name}": weight for name, weight in named}
    if hasattr(model, "predict_next"):
        found |= _of_layer("layers/dense", _product(model.predict_next))
    return found


def _of_maxent(model: Any) -> dict[str, Any]:
    bias = getattr(model, "bias", None)
    return {} if bias is None else {"bias/vars/0": bias.bias}


def _product(layer: Any) -> list[Any]:
    """Give W and b; where LoRA is added to W, their sum."""
    return [layer.kernel, layer.bias]


def quantization_of(model: Any) -> str | None:
    """Say how a model's weights are quantized, or None."""
    modes = (getattr(x, "quantization_mode", None) for x in model._flatten_layers())
    return next((str(mode) for mode in modes if mode is not None), None)


def _of_layer(name: str, weights: list[Any]) -> dict[str, Any]:
    return {f"{name}/vars/{number}": weight for number, weight in enumerate(weights)}
