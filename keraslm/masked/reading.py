"""The masked networks read on NumPy, by the equations of their layers.

Shapes: pieces of one length, so that there is no padding.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from keraslm.cells import registry
from keraslm.inference.building import numbered
from keraslm.inference.network import Array
from keraslm.inference.rotation import frequencies, halves_rotated
from keraslm.inference.transformer import Block, gelu, normed, shapes_of_block
from keraslm.inference.weights import Weights
from keraslm.masked.pieces import FIRST, each_masked
from keraslm.masked.shape import TRANSFORMER, Shape
from keraslm.tasks.reading import Layer, both_directions, dense

EPSILON = 1e-3  # of the last norm, as Keras has it
AT_ONCE = 4096  # ids that are read together


class Reader:
    """What `keraslm.masked.networks.new_network` computes, without padding."""

    def __init__(
        self,
        shape: Shape,
        arrays: Mapping[str, Array],
        vocabulary_size: int,
        where: str,
    ) -> None:
        """Take the arrays of a file by name, each of the shape that it must have.

        Raises: ModelFileError naming the file `where`, if one is missing or left over.
        """
        self.shape = shape
        weights = Weights(arrays, where)
        units = shape.units
        self.embedding = weights.take(
            "layers/embedding/vars/0", vocabulary_size + FIRST, shape.embedding
        )
        self.parameters = sum(int(array.size) for array in arrays.values())
        self.blocks: list[Block] = []
        self.recurrent: Layer = []
        if shape.model == TRANSFORMER:
            self.blocks = [_block(weights, k, units) for k in range(shape.layers)]
            name = "layers/layer_normalization/vars"
            self.gain = weights.take(f"{name}/0", units)
            self.shift = weights.take(f"{name}/1", units)
            self.frequencies = frequencies(units // shape.heads)
        else:
            self.cell = registry.new_cell("lstm", units=units)
            self.recurrent = [
                [
                    weights.take(f"layers/bidirectional/{side}/vars/{k}", *weight.shape)
                    for k, weight in enumerate(self.cell.weights(shape.embedding))
                ]
                for side in ("forward_layer", "backward_layer")
            ]
            self.hidden = dense(weights, 0, 2 * units, units)
        number = int(shape.model != TRANSFORMER)
        self.kernel, self.bias = dense(weights, number, units, vocabulary_size)
        weights.end()

    def read(self, ids: Array) -> Array:
        """Score every token of the vocabulary at every place.

        Shapes: (pieces, time) -> (pieces, time, vocabulary)
        """
        return self.features(ids) @ self.kernel + self.bias

    def read_blanks(self, pieces: Array) -> Array:
        """Score every token at each place of pieces of one length, as if it was masked.

        The transformer reads a piece once for each of its tokens, that one masked.
        Shapes: (pieces, n + 2) -> (pieces, n, vocabulary)
        """
        if self.recurrent:
            return self.read(pieces)[:, 1:-1]
        features = np.stack([self._features_of_blanks(piece) for piece in pieces])
        return features @ self.kernel + self.bias

    def _features_of_blanks(self, piece: Array) -> Array:
        """Shapes: (n + 2,) -> (n, width)"""
        rows, found = each_masked(piece), []
        some = max(1, AT_ONCE // len(piece))
        for start in range(0, len(rows), some):
            features = self.features(rows[start : start + some])
            own = np.arange(len(features))
            found.append(features[own, start + 1 + own])
        return np.concatenate(found)

    def features(self, ids: Array) -> Array:
        """Give what the softmax sees.  Shapes: (pieces, time) -> (.., time, width)"""
        x: Array = self.embedding[ids]
        if self.recurrent:
            forward, backward = np.split(
                both_directions(self.cell, self.recurrent, x), 2, axis=-1
            )
            x = np.zeros((*ids.shape, 2 * self.shape.units), np.float32)
            x[:, 1:, : self.shape.units] = forward[:, :-1]
            x[:, :-1, self.shape.units :] = backward[:, 1:]
            kernel, bias = self.hidden
            return np.maximum(x @ kernel + bias, 0)
        angles = np.arange(ids.shape[1])[:, None] * self.frequencies
        turn = np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)
        for block in self.blocks:
            x = x + self._attend(block, x, turn)
            wide = normed(x, block.norm_before_hidden) @ block.widen + block.widen_bias
            x = x + gelu(wide) @ block.narrow + block.narrow_bias
        centred = x - x.mean(axis=-1, keepdims=True)
        variance = np.square(centred).mean(axis=-1, keepdims=True)
        scale = np.sqrt(variance + np.float32(EPSILON))
        return self.gain * centred / scale + self.shift

    def _attend(self, block: Block, x: Array, turn: Any) -> Array:
        """Tell each position what all others show.

        Shapes: (pieces, time, width) -> the same
        """
        both = normed(x, block.norm_before_attention) @ block.project
        by_head = both.reshape(*x.shape[:2], 3 * self.shape.heads, -1)
        q, k, v = np.split(by_head.swapaxes(1, 2), 3, axis=1)  # (.., heads, time, d)
        q, k = (np.concatenate(halves_rotated(part, *turn), axis=-1) for part in (q, k))
        scores = q @ k.swapaxes(-1, -2) * np.float32(q.shape[-1] ** -0.5)
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        shown = powers / powers.sum(axis=-1, keepdims=True) @ v
        return shown.swapaxes(1, 2).reshape(x.shape) @ block.output_project


def _block(weights: Weights, number: int, units: int) -> Block:
    name = numbered("transformer_block", number)
    return Block(
        *(
            weights.take(f"{name}/{part}", *shape)
            for part, shape in shapes_of_block(units).items()
        )
    )
