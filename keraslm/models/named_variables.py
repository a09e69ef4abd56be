"""The variables of a network by the names under which Keras stores them.

The same names are used by `keraslm.inference`, which reads them without Keras.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from keras import ops

from keraslm.errors import UsageError
from keraslm.inference.building import LAYER_NAMES, build, numbered
from keraslm.inference.network import Network
from keraslm.models.causal import CausalModel
from keraslm.models.maxent import MaxEntModel
from keraslm.models.recurrent import RecurrentModel
from keraslm.models.window import WindowModel


def named_variables(model: CausalModel) -> dict[str, Any]:
    """Give every variable that holds a weight.

    Raises: UsageError for an adopted model, whose names are its own.
    """
    if isinstance(model, RecurrentModel):
        found = _of_recurrent(model)
    elif isinstance(model, WindowModel):
        found = _of_window(model)
    elif isinstance(model, MaxEntModel):
        found = {} if model.softmax else {"vars/0": model.bias}
    else:
        raise UsageError(f"{type(model).__name__} is no network of keraslm's own")
    softmax, direct = getattr(model, "softmax", None), getattr(model, "direct", None)
    if softmax is not None:
        name = "adaptive" if hasattr(softmax, "cutoffs") else "class"
        found |= _of_layer(f"layers/{name}_softmax", softmax.weights)
    return found if direct is None else found | {"direct/vars/0": direct.table}


def to_numpy(model: CausalModel) -> Network:
    """Give the network on NumPy, with the model's present weights."""
    arrays = {name: array(v) for name, v in named_variables(model).items()}
    return build(model.name, type(model).__name__, model.get_config(), arrays)


def array(weight: Any) -> npt.NDArray[Any]:
    """Give a weight's numbers."""
    return np.asarray(ops.convert_to_numpy(weight))


def _of_recurrent(model: RecurrentModel) -> dict[str, Any]:
    found = {"embed/vars/0": model.embed.embeddings}
    name = LAYER_NAMES.get(model.cell, "recurrent")
    for number, layer in enumerate(model.recurrent):
        found |= _of_layer(numbered(name, number), layer.cell_weights)
    if model.project is not None:
        found |= _of_layer("layers/dense", [model.project.kernel])
    elif model.softmax is None and not model.tied:
        found |= _of_layer("layers/dense", model.predict_next.weights)
    return found


def _of_window(model: WindowModel) -> dict[str, Any]:
    found = _of_layer("first", model.first.weights)
    if model.embed is not None:
        found["embed/vars/0"] = model.embed.embeddings
    for number, layer in enumerate(model.rest, start=model.embed is not None):
        found |= _of_layer(numbered("dense", number), layer.weights)
    return found


def _of_layer(name: str, weights: list[Any]) -> dict[str, Any]:
    return {f"{name}/vars/{number}": weight for number, weight in enumerate(weights)}
