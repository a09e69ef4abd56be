"""The masked networks read on NumPy, by the equations of their layers.

Shapes: pieces of one length, so that there is no padding.
"""

from collections.abc import Mapping

import numpy as np

from keraslm.cells import registry
from keraslm.inference.encoder import encode
from keraslm.inference.network import Array
from keraslm.inference.transformer import Block
from keraslm.inference.weights import Weights
from keraslm.masked.pieces import FIRST, each_masked
from keraslm.masked.shape import Shape
from keraslm.tasks.reading import Layer, block_of, both_directions, dense

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
        width = units if shape.masks else 2 * units  # of what both sides show
        if shape.is_attending:
            number = shape.layers if shape.masks else 2 * shape.layers
            self.blocks = [block_of(weights, k, units) for k in range(number)]
            name = "layers/layer_normalization/vars"
            self.norm = [weights.take(f"{name}/{k}", width) for k in range(2)]
        else:
            self.cell = registry.new_cell("lstm", units=units)
            self.recurrent = [
                [
                    weights.take(f"layers/bidirectional/{side}/vars/{k}", *weight.shape)
                    for k, weight in enumerate(self.cell.weights(shape.embedding))
                ]
                for side in ("forward_layer", "backward_layer")
            ]
        if not shape.masks:
            self.hidden = dense(weights, 0, width, units)
        number = int(not shape.masks)
        self.kernel, self.bias = dense(weights, number, units, vocabulary_size)
        weights.end()

    def read(self, ids: Array) -> Array:
        """Score every token of the vocabulary at every place.

        Shapes: (pieces, time) -> (pieces, time, vocabulary)
        """
        return self.features(ids) @ self.kernel + self.bias

    def read_blanks(self, pieces: Array) -> Array:
        """Score every token at each place of pieces of one length, as if it was masked.

        Where tokens are masked, a piece is read once for each, that one masked.
        Shapes: (pieces, n + 2) -> (pieces, n, vocabulary)
        """
        if not self.shape.masks:
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
        if self.shape.masks:
            return self._normed(encode(x, self.blocks, self.shape.heads))
        forward, backward = self._from_each_side(x)
        x = np.zeros((*ids.shape, 2 * self.shape.units), np.float32)
        x[:, 1:, : self.shape.units] = forward[:, :-1]
        x[:, :-1, self.shape.units :] = backward[:, 1:]
        x = self._normed(x) if self.shape.is_attending else x
        kernel, bias = self.hidden
        return np.maximum(x @ kernel + bias, 0)

    def _from_each_side(self, x: Array) -> list[Array]:
        """Give what is read forward, and backward.

        Shapes: (pieces, time, width) -> two (pieces, time, units)
        """
        if self.recurrent:
            return np.split(both_directions(self.cell, self.recurrent, x), 2, axis=-1)
        behind = np.triu(np.ones((x.shape[1], x.shape[1]), bool), 1)
        return [  # Keras names the blocks in turns
            encode(x, self.blocks[side::2], self.shape.heads, hidden)
            for side, hidden in enumerate((behind, behind.T))
        ]

    def _normed(self, x: Array) -> Array:
        """Shapes: (.., width) -> the same"""
        gain, shift = self.norm
        centred = x - x.mean(axis=-1, keepdims=True)
        variance = np.square(centred).mean(axis=-1, keepdims=True)
        return gain * centred / np.sqrt(variance + np.float32(EPSILON)) + shift
