"""Where the heads of a transformer look as it reads a text.

Math:   A_ij, see `keraslm.layers.CausalSelfAttention`: how much of position j's value
        the position i is shown;   sum_j A_ij = 1,   A_ij = 0 for j > i
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from keraslm.errors import KeraslmError, UsageError
from keraslm.inference.network import Array
from keraslm.inference.transformer import TransformerNetwork
from keraslm.text.vocabulary import Vocabulary


def head_weights(network: TransformerNetwork, ids: Sequence[int]) -> Array:
    """Give the weights of every head at every token, read from before a text.

    A token beyond the context of another has weight 0 for it.

    Shapes: ids (tokens,) -> (layers, heads, tokens, tokens)
    """
    state = network.initial_state(Vocabulary.boundary_id)
    shape = (len(network.blocks), network.heads, len(ids), len(ids))
    found = np.zeros(shape, np.float32)
    for place, token_id in enumerate(ids):
        _, state, looks = network.read(token_id, state)
        for layer, weights in enumerate(looks):
            first = place + 1 - weights.shape[-1]
            found[layer, :, place, first : place + 1] = weights
    return found


def transformer_of(model: Any) -> TransformerNetwork:
    """Give the transformer on NumPy of a language model, or of its Keras model.

    Raises: UsageError if the model is another one.
    """
    try:
        is_keras = hasattr(model, "to_numpy")
        network = model.to_numpy() if is_keras else getattr(model, "network", None)
    except KeraslmError:  # it has layers that keraslm did not build
        network = None
    if isinstance(network, TransformerNetwork):
        return network
    raise UsageError(
        f"{model.name} has no heads of attention to look into; choose a model of "
        "`model='transformer'` that keraslm trained"
    )
