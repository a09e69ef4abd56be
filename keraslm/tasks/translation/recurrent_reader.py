"""A recurrent encoder and decoder on NumPy, by the equations of their cells."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from keraslm.cells import registry, stack
from keraslm.cells.cell import Cell
from keraslm.inference.building import LAYER_NAMES, numbered
from keraslm.inference.network import Array
from keraslm.inference.weights import Weights
from keraslm.tasks.translation.reading import Reader, State, softmax
from keraslm.tasks.translation.shape import TranslatorShape

ENCODER, DECODER = "layers/functional", "layers/functional_1"
Own = list[Array]  # the weights of a cell


class RecurrentReader(Reader):
    """The equations of `keraslm.tasks.translation.networks`.

    The state is h_1, .., h_S, what the attention makes of them once, and the states of
    the decoder's layers.
    """

    def __init__(
        self, shape: TranslatorShape, weights: Weights, sources: int, targets: int
    ) -> None:
        """Take the arrays of a file by name.

        Raises: ModelFileError if one is missing.
        """
        self.shape, units = shape, shape.units
        self._take = weights.take
        self.source = self._embedding(ENCODER, sources)
        self.target = self._embedding(DECODER, targets)
        half = units // 2 if shape.bidirectional else units
        self.read_cell = registry.new_cell(shape.model, units=half)
        self.write_cell = registry.new_cell(shape.model, units=units)
        numbers = range(shape.layers)
        self.encoder = [self._directions(number) for number in numbers]
        self.decoder = [
            self._cell(self._layer(DECODER, number), self.write_cell, number)
            for number in numbers
        ]
        self.attention = self._attention()
        first = 0 if shape.attention == "none" else 1
        self.output = self._dense(first, units, targets)

    def _embedding(self, part: str, size: int) -> Array:
        return self._take(f"{part}/layers/embedding/vars/0", size, self.shape.embedding)

    def _layer(self, part: str, number: int) -> str:
        return f"{part}/{numbered(LAYER_NAMES[self.shape.model], number)}"

    def _directions(self, number: int) -> list[Own]:
        names = [self._layer(ENCODER, number)]
        if self.shape.bidirectional:
            both = f"{ENCODER}/{numbered('bidirectional', number)}"
            names = [f"{both}/forward_layer", f"{both}/backward_layer"]
        return [self._cell(name, self.read_cell, number) for name in names]

    def _cell(self, name: str, cell: Cell, number: int) -> Own:
        features = self.shape.units if number else self.shape.embedding
        shapes = enumerate(weight.shape for weight in cell.weights(features))
        return [self._take(f"{name}/vars/{k}", *shape) for k, shape in shapes]

    def _dense(self, number: int, width: int, columns: int) -> tuple[Array, Array]:
        name = f"{DECODER}/{numbered('dense', number)}/vars"
        return self._take(f"{name}/0", width, columns), self._take(f"{name}/1", columns)

    def _attention(self) -> Any:
        """Give W, U and v of additive attention, and what joins c and s."""
        if self.shape.attention == "none":
            return None
        units = self.shape.units
        joined = self._dense(0, 2 * units, units)
        if self.shape.attention == "dot":
            return (), joined
        name = f"{DECODER}/layers/additive_attention/vars"
        shapes = enumerate([(units, units), (units, units), (units,)])
        return tuple(self._take(f"{name}/{k}", *s) for k, s in shapes), joined

    def encode(self, ids: Array) -> State:
        """Read sources of one length."""
        x, last = self.source[ids], []
        for forward, *backward in self.encoder:
            shown, state = _run(self.read_cell, forward, x)
            for own in backward:
                again, other = _run(self.read_cell, own, x[:, ::-1])
                shown = np.concatenate([shown, again[:, ::-1]], axis=-1)
                pairs = zip(state, other, strict=True)
                state = tuple(np.concatenate(pair, axis=-1) for pair in pairs)
            x = shown
            last.append(state)
        keys = x
        if self.shape.attention == "additive":
            keys = x @ self.attention[0][1]
        return x, keys, last

    def step(self, ids: Array, state: State) -> tuple[Array, State, Array | None]:
        """Read one token of each target."""
        memory, keys, layers = state
        cells = [self.write_cell] * len(layers)
        s, layers = stack.step(cells, self.target[ids], layers, self.decoder)
        o, weights = s, None
        if self.attention is not None:
            weights = softmax(self._scores(s, keys))
            c = (weights[:, None] @ memory)[:, 0]
            kernel, bias = self.attention[1]
            o = np.tanh(np.concatenate([c, s], axis=-1) @ kernel + bias)
        kernel, bias = self.output
        return o @ kernel + bias, (memory, keys, layers), weights

    def _scores(self, s: Array, keys: Array) -> Array:
        """Give the score of each h_j; shapes: (texts, units) -> (texts, sources)."""
        if self.shape.attention == "dot":
            scores: Array = (keys @ s[..., None])[..., 0]
            return scores
        W, _, v = self.attention[0]
        told: Array = np.tanh((s @ W)[:, None] + keys) @ v
        return told


def _run(
    cell: Cell, weights: Sequence[Array], x: Array
) -> tuple[Array, tuple[Array, ...]]:
    """Give h of every step, and the last states.

    Shapes: (texts, time, features) -> (texts, time, units), each (texts, units)
    """
    zeros = np.zeros((len(x), cell.units), np.float32)
    state: tuple[Array, ...] = tuple(zeros for _ in cell.states)
    shown = np.empty((*x.shape[:2], cell.units), np.float32)
    for t in range(x.shape[1]):
        state = cell.step(x[:, t], state, weights)
        shown[:, t] = state[0]
    return shown, state
