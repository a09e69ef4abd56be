"""A transformer on NumPy, which keeps the keys and values of the tokens it has read."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from keraslm.inference.network import Array, Network, State, attended
from keraslm.inference.output import FullOutput
from keraslm.inference.rotation import frequencies, halves_rotated

EPSILON = 1e-6  # of the norms, as Keras has it


class Block(NamedTuple):
    """The weights of a block, as `keraslm.layers.TransformerBlock` names them."""

    norm_before_attention: Array
    project: Array
    output_project: Array
    norm_before_hidden: Array
    widen: Array
    widen_bias: Array
    narrow: Array
    narrow_bias: Array


def shapes_of_block(width: int) -> dict[str, tuple[int, ...]]:
    """Give the weights of a block in order: how its file names them, and their shapes.

    The hidden layer is four times as wide as the block.
    """
    hidden = 4 * width
    return {
        "norm_before_attention/vars/0": (width,),
        "attention/project/vars/0": (width, 3 * width),
        "attention/output_project/vars/0": (width, width),
        "norm_before_hidden/vars/0": (width,),
        "widen/vars/0": (width, hidden),
        "widen/vars/1": (hidden,),
        "narrow/vars/0": (hidden, width),
        "narrow/vars/1": (width,),
    }


def block_name(number: int) -> str:
    """Name a block as its file does."""
    return "blocks/transformer_block" + (f"_{number}" if number else "")


class TransformerNetwork(Network):
    """Embed a token, read it with blocks of attention, predict the next.

    The equations are those of `keraslm.layers.TransformerBlock`. The state is the
    position, and of each block the keys and values (.., heads, n, width of a head) of
    the last tokens: none before a text, and never more than context - 1. A key is kept
    as its own position has turned it, by an angle that is made in float64.
    """

    def __init__(
        self,
        embedding: Array,
        blocks: Sequence[Block],
        norm: Array,
        output: FullOutput,
        heads: int,
        context: int,
    ) -> None:
        self.vocabulary_size, self.width = embedding.shape
        self.embedding, self.blocks, self.norm = embedding, blocks, norm
        self.output, self.heads, self.context = output, heads, context
        self.frequencies = frequencies(self.width // heads)
        self.state_rule = attended(len(blocks), context)
        of_blocks = sum(weight.size for block in blocks for weight in block)
        attending = 2 * len(blocks) * context * self.width
        self.multiplications = of_blocks + attending + output.multiplications

    def initial_state(self, boundary_id: int, texts: tuple[int, ...] = ()) -> State:
        """Give the first position, and no keys and values."""
        shape = (*texts, self.heads, 0, self.width // self.heads)
        nothing = np.zeros(shape, np.float32)
        return np.zeros(texts, np.int64), [(nothing, nothing) for _ in self.blocks]

    def step(self, ids: Any, state: State) -> tuple[Array, State]:
        """Read one token, or one of each text."""
        logits, after, _ = self.read(ids, state)
        return logits, after

    def read(
        self, ids: Any, state: State, shares: Array | None = None
    ) -> tuple[Array, State, list[Array]]:
        """Read as `step` does, and tell where the heads of each block look.

        `shares` is how much of what each head shows is handed on: 1 is all of it, and 0
        ablates the head.

        Shapes: shares (layers, heads) or (texts, layers, heads) -> logits, the next
                state, of each block the weights (.., heads, n) of the last n tokens
        """
        position, caches = state
        angles = np.asarray(position)[..., None, None] * self.frequencies
        turn = np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)
        x, after, looks = self.embedding[ids], [], []
        for number, (block, cache) in enumerate(zip(self.blocks, caches, strict=True)):
            shown, cache, weights = self._attend(block, x, cache, turn)
            if shares is not None:
                shown = shown * shares[..., number, :, None]
            x = x + shown.reshape(x.shape) @ block.output_project
            after.append(cache)
            looks.append(weights)
            wide = normed(x, block.norm_before_hidden) @ block.widen + block.widen_bias
            x = x + gelu(wide) @ block.narrow + block.narrow_bias
        logits = self.output.logits(normed(x, self.norm))
        return logits, (position + 1, after), looks

    def _attend(
        self, block: Block, x: Array, cache: tuple[Array, Array], turn: Any
    ) -> tuple[Array, tuple[Array, Array], Array]:
        """Give what each head shows, the keys and values after it, and its weights.

        Shapes: x (.., width) -> (.., heads, d), the cache, (.., heads, n + 1)
        """
        both = normed(x, block.norm_before_attention) @ block.project
        q, k, v = np.split(both.reshape(*x.shape[:-1], 3 * self.heads, -1), 3, axis=-2)
        q, k = (np.concatenate(halves_rotated(part, *turn), axis=-1) for part in (q, k))
        keys, values = (
            np.concatenate([kept, new[..., None, :]], axis=-2)
            for kept, new in zip(cache, (k, v), strict=True)
        )  # (.., heads, n + 1, d)
        scores = (keys @ q[..., None])[..., 0] * np.float32(q.shape[-1] ** -0.5)
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        weights = powers / powers.sum(axis=-1, keepdims=True)
        shown = (weights[..., None, :] @ values)[..., 0, :]
        first = max(keys.shape[-2] - self.context + 1, 0)
        return shown, (keys[..., first:, :], values[..., first:, :]), weights


def normed(x: Array, gain: Array) -> Array:
    """Give g x / sqrt(mean(x^2) + epsilon); shapes: (.., width) -> the same."""
    squares = np.square(x).mean(axis=-1, keepdims=True)
    return gain * x / np.sqrt(squares + np.float32(EPSILON))


def gelu(z: Array) -> Array:
    """Give z (1 + tanh(sqrt(2 / pi) (z + 0.044715 z^3))) / 2."""
    inner = np.float32(np.sqrt(2 / np.pi)) * (z + np.float32(0.044715) * z * z * z)
    return z * (1 + np.tanh(inner)) / 2
