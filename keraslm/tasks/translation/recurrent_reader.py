"""A recurrent encoder and decoder on NumPy, by the equations of their cells."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from keraslm.cells import registry
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
        self.attention = [self._attention(number) for number in numbers]
        first = 0 if shape.attention == "none" else shape.layers
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

    def _attention(self, number: int) -> Any:
        """Give W, U and v of a layer's additive attention, and what joins c and s."""
        if self.shape.attention == "none":
            return None
        units = self.shape.units
        joined = self._dense(number, 2 * units, units)
        if self.shape.attention == "dot":
            return (), joined
        name = f"{DECODER}/{numbered('additive_attention', number)}/vars"
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
        return x, [self._keys(x, own) for own in self.attention], last

    def _keys(self, memory: Array, attention: Any) -> Array:
        """Give of h_1, .., h_S what a score needs."""
        if self.shape.attention != "additive":
            return memory
        keys: Array = memory @ attention[0][1]
        return keys

    def step(self, ids: Array, state: State) -> tuple[Array, State, Array | None]:
        """Read one token of each target; the weights are those of the last layer."""
        memory, keys, layers = state
        s, weights, after = self.target[ids], None, []
        for number, own in enumerate(self.decoder):
            states = self.write_cell.step(s, layers[number], own)
            after.append(states)
            s = states[0]
            if self.shape.attention != "none":
                attention = self.attention[number]
                s, weights = self._attended(s, memory, keys[number], attention)
        kernel, bias = self.output
        return s @ kernel + bias, (memory, keys, after), weights

    def _attended(
        self, s: Array, memory: Array, keys: Array, attention: Any
    ) -> tuple[Array, Array]:
        """Give o and the weights.  Shapes: (texts, units), (texts, sources)"""
        own, (kernel, bias) = attention
        weights = softmax(self._scores(s, keys, own))
        c = (weights[:, None] @ memory)[:, 0]
        return np.tanh(np.concatenate([c, s], axis=-1) @ kernel + bias), weights

    def _scores(self, s: Array, keys: Array, own: Any) -> Array:
        """Give the score of each h_j; shapes: (texts, units) -> (texts, sources)."""
        if self.shape.attention == "dot":
            scores: Array = (keys @ s[..., None])[..., 0]
            return scores
        W, _, v = own
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
