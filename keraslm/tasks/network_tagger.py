"""A network that tags, read on NumPy by the equations of its cells."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from keraslm.cells import registry
from keraslm.cells.cell import Cell
from keraslm.inference.building import LAYER_NAMES, Weights, numbered
from keraslm.inference.network import Array
from keraslm.tasks.shape import Shape
from keraslm.tasks.tagger import Tagger
from keraslm.tasks.vocabulary import TagVocabulary

Layer = Sequence[Sequence[Array]]  # the weights of each direction, forward first


class NetworkTagger(Tagger):
    """An embedding, recurrent layers in one direction or both, a softmax over tags."""

    def __init__(
        self,
        shape: Shape,
        arrays: Mapping[str, Array],
        vocabulary: TagVocabulary,
        metadata: dict[str, Any],
        where: str,
    ) -> None:
        """Take the arrays of a file by name, each of the shape that it must have.

        Raises: ModelFileError naming the file `where`, if one is missing or left over.
        """
        super().__init__(shape.model, vocabulary, metadata)
        self.shape = shape
        self.cell = registry.new_cell(shape.cell, units=shape.units)
        weights = Weights(arrays, where)
        words, tags = len(vocabulary.words), len(vocabulary.tags)
        self.embedding = weights.take("layers/embedding/vars/0", words, shape.embedding)
        width = shape.units * (1 + shape.both)
        self.layers: list[Layer] = [
            [
                [
                    weights.take(f"{name}/vars/{k}", *weight.shape)
                    for k, weight in enumerate(
                        self.cell.weights(width if number else shape.embedding)
                    )
                ]
                for name in _directions(shape, number)
            ]
            for number in range(shape.layers)
        ]
        self.kernel = weights.take("layers/dense/vars/0", width, tags)
        self.bias = weights.take("layers/dense/vars/1", tags)
        weights.end()

    @property
    def parameters(self) -> int:
        """How many numbers were learnt."""
        of_layers = sum(w.size for layer in self.layers for own in layer for w in own)
        return self.embedding.size + of_layers + self.kernel.size + self.bias.size

    def read(self, ids: np.ndarray) -> np.ndarray:
        """Read sentences of one length word by word, in each direction."""
        x: np.ndarray = self.embedding[ids]
        for layer in self.layers:
            forward, *backward = layer
            shown = [_run(self.cell, forward, x)]
            shown += [_run(self.cell, own, x[:, ::-1])[:, ::-1] for own in backward]
            x = np.concatenate(shown, axis=-1)
        return _softmax(x @ self.kernel + self.bias)


def _directions(shape: Shape, number: int) -> list[str]:
    """Name what Keras calls the layers of each direction in a file."""
    if not shape.both:
        return [numbered(LAYER_NAMES[shape.cell], number)]
    name = numbered("bidirectional", number)
    return [f"{name}/forward_layer", f"{name}/backward_layer"]


def _run(cell: Cell, weights: Sequence[Array], x: np.ndarray) -> np.ndarray:
    """Give h of every step.  Shapes: (batch, time, features) -> (batch, time, units)"""
    zeros = np.zeros((len(x), cell.units), np.float32)
    state: tuple[Any, ...] = tuple(zeros for _ in cell.states)
    shown = np.empty((*x.shape[:2], cell.units), np.float32)
    for t in range(x.shape[1]):
        state = cell.step(x[:, t], state, weights)
        shown[:, t] = state[0]
    return shown


def _softmax(scores: np.ndarray) -> np.ndarray:
    shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return shares / shares.sum(axis=-1, keepdims=True)
