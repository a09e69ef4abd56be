"""A transformer of stock Keras layers and operations.

Math:   p = 0, 1, ..;   q_p, k_p turned by p w, see `keraslm.layers.RotaryPositions`
        p = 128 a + b:  turned by b w, then by a (128 w mod 2 pi), both small, since
        float32 has but three digits of p w left at position 10,000
        S_ij = q_i . k_j / sqrt(d),   0 <= i - j < context;   y_i = [softmax(S_i) V] O
Keras has no layer with rotary positions, but each equation is made of its operations,
which a functional model keeps as it keeps layers.
"""

from typing import Any, NamedTuple

import keras
import numpy as np
from keras import ops

from keraslm.export.weighted import dense, weighted
from keraslm.inference.rotation import frequencies, halves_rotated
from keraslm.inference.transformer import Block, TransformerNetwork

STEP = 128  # positions
FAR = -1e30  # a score below all others


class Places(NamedTuple):
    """What all blocks know of positions.

    Shapes: cosines, sines (batch, time, 1, d / 2), seen (batch, 1, time, time)
    """

    cosines: Any
    sines: Any
    seen: Any


def stock_transformer(network: TransformerNetwork, ids: Any) -> Any:
    """Give the logits of ids.

    Shapes: ids (batch, time) -> (batch, time, vocabulary)
    """
    places = _places(ids, network)
    table = network.embedding
    h = weighted(keras.layers.Embedding(*table.shape), ids, table)
    for block in network.blocks:
        h = keras.layers.add([h, _attended(h, block, network.heads, places)])
        h = keras.layers.add([h, _hidden(h, block)])
    return dense(_normed(h, network.norm), network.output.kernel, network.output.bias)


def _places(ids: Any, network: TransformerNetwork) -> Places:
    place = ops.cumsum(ops.ones_like(ids), axis=1) - 1  # (batch, time)
    w = frequencies(network.width // network.heads)
    coarse = _turns(ops.floor_divide(place, STEP), STEP * w % (2 * np.pi))
    fine = ops.concatenate(_turns(ops.mod(place, STEP), w), axis=-1)
    cosines, sines = halves_rotated(fine, *coarse)
    back = ops.expand_dims(place, 2) - ops.expand_dims(place, 1)
    seen = ops.logical_and(ops.greater_equal(back, 0), ops.less(back, network.context))
    return Places(cosines, sines, ops.expand_dims(seen, 1))


def _turns(number: Any, w: Any) -> tuple[Any, Any]:
    """Give cos nw and sin nw; shapes: (batch, time) -> (batch, time, 1, d / 2)."""
    angles = ops.expand_dims(number, (-2, -1)) * w.astype("float32")
    return ops.cos(angles), ops.sin(angles)


def _attended(x: Any, block: Block, heads: int, places: Places) -> Any:
    width = block.output_project.shape[0]
    x = _normed(x, block.norm_before_attention)
    x = keras.layers.Reshape((-1, 3 * heads, width // heads))(dense(x, block.project))
    q, k, v = ops.split(x, 3, axis=2)  # (batch, time, heads, d)
    q, k = (
        ops.concatenate(halves_rotated(part, places.cosines, places.sines), axis=-1)
        for part in (q, k)
    )
    scores = ops.einsum("bihd,bjhd->bhij", q, k) * (width // heads) ** -0.5
    weights = ops.softmax(ops.where(places.seen, scores, FAR), axis=-1)
    shown = ops.einsum("bhij,bjhd->bihd", weights, v)
    return dense(keras.layers.Reshape((-1, width))(shown), block.output_project)


def _hidden(x: Any, block: Block) -> Any:
    wide = dense(_normed(x, block.norm_before_hidden), block.widen, block.widen_bias)
    return dense(ops.gelu(wide, approximate=True), block.narrow, block.narrow_bias)


def _normed(x: Any, gain: Any) -> Any:
    return weighted(keras.layers.RMSNormalization(), x, gain)
