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
FEEDING = f"{DECODER}/layers/input_feeding"
Own = list[Array]  # the weights of a cell


class RecurrentReader(Reader):
    """The equations of `keraslm.tasks.translation.networks`.

    The state is h_1, .., h_S, what the attention makes of them once, the states of the
    decoder's layers, and o, which without attention is not read.
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
        attends = shape.attention != "none"
        part = FEEDING if attends else DECODER
        width = shape.embedding + (units if attends else 0)
        self.decoder = [
            self._cell(
                self._layer(part, number), self.write_cell, units if number else width
            )
            for number in numbers
        ]
        self.attention: Any = self._attention() if attends else None
        self.output = self._dense(f"{DECODER}/layers/dense/vars", units, targets)

    def _embedding(self, part: str, size: int) -> Array:
        return self._take(f"{part}/layers/embedding/vars/0", size, self.shape.embedding)

    def _layer(self, part: str, number: int) -> str:
        return f"{part}/{numbered(LAYER_NAMES[self.shape.model], number)}"

    def _directions(self, number: int) -> list[Own]:
        names = [self._layer(ENCODER, number)]
        if self.shape.bidirectional:
            both = f"{ENCODER}/{numbered('bidirectional', number)}"
            names = [f"{both}/forward_layer", f"{both}/backward_layer"]
        features = self.shape.units if number else self.shape.embedding
        return [self._cell(name, self.read_cell, features) for name in names]

    def _cell(self, name: str, cell: Cell, features: int) -> Own:
        shapes = enumerate(weight.shape for weight in cell.weights(features))
        return [self._take(f"{name}/vars/{k}", *shape) for k, shape in shapes]

    def _dense(self, name: str, width: int, columns: int) -> tuple[Array, Array]:
        return self._take(f"{name}/0", width, columns), self._take(f"{name}/1", columns)

    def _attention(self) -> Any:
        """Give W, U and v of additive attention, and what joins c and s."""
        units = self.shape.units
        joined = self._dense(f"{FEEDING}/join/vars", 2 * units, units)
        if self.shape.attention == "dot":
            return (), joined
        name = f"{FEEDING}/attention/vars"
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
        return x, keys, last, np.zeros((len(ids), self.shape.units), np.float32)

    def step(self, ids: Array, state: State) -> tuple[Array, State, Array | None]:
        """Read one token of each target."""
        memory, keys, layers, o = state
        cells, y = [self.write_cell] * len(layers), self.target[ids]
        if self.attention is not None:
            y = np.concatenate([y, o], axis=-1)
        s, layers = stack.step(cells, y, layers, self.decoder)
        o, weights = s, None
        if self.attention is not None:
            weights = softmax(self._scores(s, keys))
            c = (weights[:, None] @ memory)[:, 0]
            kernel, bias = self.attention[1]
            o = np.tanh(np.concatenate([c, s], axis=-1) @ kernel + bias)
        kernel, bias = self.output
        return o @ kernel + bias, (memory, keys, layers, o), weights

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
