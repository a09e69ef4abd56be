"""A transformer's encoder and decoder on NumPy; see `transformer` for the equations."""

from typing import NamedTuple

import numpy as np

from keraslm.inference.building import numbered
from keraslm.inference.network import Array
from keraslm.inference.rotation import frequencies
from keraslm.inference.weights import Weights
from keraslm.tasks.translation.reading import Reader, State, softmax
from keraslm.tasks.translation.shape import TranslatorShape

ENCODER, DECODER = "layers/functional", "layers/functional_1"
EPSILON = 1e-3  # of the norms, as Keras has it
WIDENED = 4
Pair = tuple[Array, Array]


class Attend(NamedTuple):
    """The weights of `keras.layers.MultiHeadAttention`, all heads side by side.

    Shapes: each (units, units)
    """

    heads: int
    query: Array
    key: Array
    value: Array
    output: Array


class Block(NamedTuple):
    """The norms, the attentions and the hidden layer of a block."""

    norms: list[Pair]
    attentions: list[Attend]
    widen: Pair
    narrow: Pair


class TransformerReader(Reader):
    """The equations of `keraslm.tasks.translation.transformer`.

    The state is the position, of each block of the decoder the keys and values of h,
    and those of the target so far, (texts, heads, places, width).
    """

    def __init__(
        self, shape: TranslatorShape, weights: Weights, sources: int, targets: int
    ) -> None:
        """Take the arrays of a file by name.

        Raises: ModelFileError if one is missing.
        """
        self.shape, self._take = shape, weights.take
        name, units = "layers/embedding/vars/0", shape.units
        self.source = self._take(f"{ENCODER}/{name}", sources, units)
        self.target = self._take(f"{DECODER}/{name}", targets, units)
        numbers = range(shape.layers)
        self.encoder = [self._block(ENCODER, number, 1) for number in numbers]
        self.decoder = [self._block(DECODER, number, 2) for number in numbers]
        self.encoder_norm = self._norm(ENCODER, 2 * shape.layers)
        self.decoder_norm = self._norm(DECODER, 3 * shape.layers)
        self.output = self._dense(DECODER, 2 * shape.layers, units, targets)

    def _block(self, part: str, number: int, attentions: int) -> Block:
        """Take the block of a number, which has so many attentions."""
        units, norms = self.shape.units, attentions + 1
        return Block(
            [self._norm(part, norms * number + k) for k in range(norms)],
            [self._attend(part, attentions * number + k) for k in range(attentions)],
            self._dense(part, 2 * number, units, WIDENED * units),
            self._dense(part, 2 * number + 1, WIDENED * units, units),
        )

    def _attend(self, part: str, number: int) -> Attend:
        units, heads = self.shape.units, self.shape.heads
        into, out = (units, heads, units // heads), (heads, units // heads, units)
        shapes = {"query": into, "key": into, "value": into, "output": out}
        name = f"{part}/{numbered('multi_head_attention', number)}"
        arrays = (self._take(f"{name}/{n}_dense/vars/0", *s) for n, s in shapes.items())
        return Attend(heads, *(array.reshape(units, units) for array in arrays))

    def _norm(self, part: str, number: int) -> Pair:
        name = f"{part}/{numbered('layer_normalization', number)}/vars"
        units = self.shape.units
        return self._take(f"{name}/0", units), self._take(f"{name}/1", units)

    def _dense(self, part: str, number: int, width: int, columns: int) -> Pair:
        name = f"{part}/{numbered('dense', number)}/vars"
        return self._take(f"{name}/0", width, columns), self._take(f"{name}/1", columns)

    def encode(self, ids: Array) -> State:
        """Read sources of one length."""
        x = self.source[ids] + _positions(0, ids.shape[1], self.shape.units)
        for block in self.encoder:
            normed = _normed(x, block.norms[0])
            (attend,) = block.attentions
            x = x + _attended(normed, _keys_and_values(normed, attend), attend)[0]
            x = x + _hidden(_normed(x, block.norms[1]), block)
        h = _normed(x, self.encoder_norm)
        of_source = [_keys_and_values(h, block.attentions[1]) for block in self.decoder]
        nothing = [tuple(part[:, :, :0] for part in pair) for pair in of_source]
        return 0, of_source, nothing

    def step(self, ids: Array, state: State) -> tuple[Array, State, Array | None]:
        """Read one token; the weights are the mean of the last block's heads."""
        position, of_source, so_far = state
        x = self.target[ids][:, None] + _positions(position, 1, self.shape.units)
        after, weights = [], None
        for block, h, own in zip(self.decoder, of_source, so_far, strict=True):
            to_target, to_source = block.attentions
            normed = _normed(x, block.norms[0])
            new = _keys_and_values(normed, to_target)
            keys, values = (
                np.concatenate(parts, axis=2) for parts in zip(own, new, strict=True)
            )
            own = keys, values
            x = x + _attended(normed, own, to_target)[0]
            told, weights = _attended(_normed(x, block.norms[1]), h, to_source)
            x = x + told
            x = x + _hidden(_normed(x, block.norms[2]), block)
            after.append(own)
        kernel, bias = self.output
        logits = (_normed(x, self.decoder_norm) @ kernel + bias)[:, 0]
        seen = None if weights is None else weights.mean(axis=1)[:, 0]
        return logits, (position + 1, of_source, after), seen


def _by_head(x: Array, kernel: Array, heads: int) -> Array:
    """Multiply for each head.  Shapes: (texts, n, units) -> (texts, heads, n, width)"""
    split: Array = (x @ kernel).reshape(*x.shape[:2], heads, -1).swapaxes(1, 2)
    return split


def _keys_and_values(x: Array, attend: Attend) -> Pair:
    keys, values = (
        _by_head(x, kernel, attend.heads) for kernel in (attend.key, attend.value)
    )
    return keys, values


def _attended(x: Array, known: Pair, attend: Attend) -> tuple[Array, Array]:
    """Give what each place of x sees, and its weights (texts, heads, n, keys)."""
    keys, values = known
    query = _by_head(x, attend.query, attend.heads)
    scores = query @ keys.swapaxes(-1, -2) * np.float32(keys.shape[-1] ** -0.5)
    weights = softmax(scores)
    told = (weights @ values).swapaxes(1, 2).reshape(x.shape)
    return told @ attend.output, weights


def _hidden(x: Array, block: Block) -> Array:
    (W, b), (V, c) = block.widen, block.narrow
    hidden: Array = np.maximum(x @ W + b, 0) @ V + c
    return hidden


def _normed(x: Array, norm: Pair) -> Array:
    gain, bias = norm
    centred = x - x.mean(axis=-1, keepdims=True)
    variance = np.square(centred).mean(axis=-1, keepdims=True)
    normed: Array = gain * centred / np.sqrt(variance + np.float32(EPSILON)) + bias
    return normed


def _positions(first: int, number: int, width: int) -> Array:
    """Give the waves of `SinusoidalPositions`.  Shapes: -> (number, width) float32"""
    angles = (first + np.arange(number))[:, None] * frequencies(width)
    waves = np.concatenate([np.sin(angles), np.cos(angles)], axis=-1)
    return waves.astype(np.float32)
