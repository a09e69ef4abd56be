"""The networks of tasks, read on NumPy by the equations of their cells."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from keraslm.cells import registry
from keraslm.cells.cell import Cell
from keraslm.inference.building import LAYER_NAMES, numbered
from keraslm.inference.encoder import encode
from keraslm.inference.network import Array
from keraslm.inference.transformer import Block, normed, shapes_of_block
from keraslm.inference.weights import Weights
from keraslm.tasks.shape import ATTENTION, BAG, Shape

AT_ONCE = 256  # sentences of one length
Layer = Sequence[Sequence[Array]]  # the weights of each direction, forward first


class Reader:
    """What `keraslm.tasks.networks.new_network` computes, without padding."""

    def __init__(
        self,
        shape: Shape,
        arrays: Mapping[str, Array],
        words: int,
        labels: int,
        where: str,
    ) -> None:
        """Take the arrays of a file by name, each of the shape that it must have.

        Raises: ModelFileError naming the file `where`, if one is missing or left over.
        """
        self.shape = shape
        weights = Weights(arrays, where)
        self.embedding = weights.take("layers/embedding/vars/0", words, shape.embedding)
        self.layers: list[Layer] = []
        self.blocks: list[Block] = []
        self.hidden: tuple[Array, Array] | None = None
        if shape.model == BAG:
            self.hidden = dense(weights, 0, shape.embedding, shape.units)
        elif shape.kind.cell == ATTENTION:
            name, units = "layers/dense/vars/0", shape.units
            self.project = weights.take(name, shape.embedding, units)
            self.blocks = [block_of(weights, k, units) for k in range(shape.layers)]
            self.norm = weights.take("layers/rms_norm/vars/0", units)
        else:
            self.cell = registry.new_cell(shape.kind.cell, units=shape.units)
            self.layers = [self._layer(weights, k) for k in range(shape.layers)]
        number = int(shape.kind.cell in ("", ATTENTION))  # of dense layers before it
        self.output = dense(weights, number, shape.width, labels)
        weights.end()

    def _layer(self, weights: Weights, number: int) -> Layer:
        features = self.shape.width if number else self.shape.embedding
        return [
            [
                weights.take(f"{name}/vars/{k}", *weight.shape)
                for k, weight in enumerate(self.cell.weights(features))
            ]
            for name in _directions(self.shape, number)
        ]

    def read(self, ids: np.ndarray) -> np.ndarray:
        """Give probabilities of sentences of one length.

        Shapes: (sentences, words) -> (sentences, words, tags), or (sentences, labels)
        """
        x: np.ndarray = self.embedding[ids]
        for layer in self.layers:
            x = both_directions(self.cell, layer, x)
        if self.blocks:
            x = encode(x @ self.project, self.blocks, self.shape.heads or 1)
            x = normed(x, self.norm)
        x = self._pooled(x)
        if self.hidden is not None:
            kernel, bias = self.hidden
            x = np.maximum(x @ kernel + bias, 0)
        kernel, bias = self.output
        return _softmax(x @ kernel + bias)

    def _pooled(self, x: np.ndarray) -> np.ndarray:
        pool, units = self.shape.kind.pool, self.shape.units
        if pool == "last":  # backward, the first word is the last that is read
            return np.concatenate([x[:, -1, :units], x[:, 0, units:]], axis=-1)
        if pool:
            pooled: np.ndarray = x.mean(axis=1) if pool == "mean" else x.max(axis=1)
            return pooled
        return x


def read_all(
    read: Callable[[np.ndarray], np.ndarray],
    ids: Sequence[np.ndarray],
    at_once: int = AT_ONCE,
) -> list[np.ndarray]:
    """Read many sentences with what reads those of one length: without padding.

    Shapes: a list of (words,) -> a list of (words, tags), or of (labels,)
    """
    found: list[np.ndarray] = [np.zeros(0)] * len(ids)
    for numbers in of_one_length(ids, at_once):
        shares = read(np.stack([ids[k] for k in numbers]))
        for k, of_sentence in zip(numbers, shares, strict=True):
            found[k] = of_sentence
    return found


def of_one_length(
    ids: Sequence[np.ndarray], at_once: int = AT_ONCE
) -> Iterator[list[int]]:
    """Give the numbers of sentences of one length, a limited number at once."""
    groups: dict[int, list[int]] = {}
    for number, sentence in enumerate(ids):
        groups.setdefault(len(sentence), []).append(number)
    for numbers in groups.values():
        for start in range(0, len(numbers), at_once):
            yield numbers[start : start + at_once]


def dense(
    weights: Weights, number: int, width: int, columns: int
) -> tuple[Array, Array]:
    name = numbered("dense", number)
    kernel = weights.take(f"{name}/vars/0", width, columns)
    return kernel, weights.take(f"{name}/vars/1", columns)


def block_of(weights: Weights, number: int, width: int) -> Block:
    """Take the weights of a network's block, counted from 0."""
    name = numbered("transformer_block", number)
    shapes = shapes_of_block(width).items()
    return Block(*(weights.take(f"{name}/{part}", *shape) for part, shape in shapes))


def _directions(shape: Shape, number: int) -> list[str]:
    """Name what Keras calls the layers of each direction in a file."""
    if not shape.kind.both:
        return [numbered(LAYER_NAMES[shape.kind.cell], number)]
    name = numbered("bidirectional", number)
    return [f"{name}/forward_layer", f"{name}/backward_layer"]


def both_directions(cell: Cell, layer: Layer, x: np.ndarray) -> np.ndarray:
    """Give h of every step, forward and, if the layer has it, backward.

    Shapes: (batch, time, features) -> (batch, time, units or 2 units)
    """
    forward, *backward = layer
    shown = [_run(cell, forward, x)]
    shown += [_run(cell, own, x[:, ::-1])[:, ::-1] for own in backward]
    return np.concatenate(shown, axis=-1)


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
