"""Blocks of a transformer that read whole sequences, on NumPy."""

from collections.abc import Sequence

import numpy as np

from keraslm.inference.network import Array
from keraslm.inference.rotation import frequencies, halves_rotated
from keraslm.inference.transformer import Block, gelu, normed


def encode(
    x: Array, blocks: Sequence[Block], heads: int, hidden: Array | None = None
) -> Array:
    """Read sequences of one length; see `keraslm.layers.TransformerBlock`.

    Every position sees all others, but for those that are `hidden` from it.
    Shapes: x (sequences, time, width), hidden (time, time) bool -> as x
    """
    angles = np.arange(x.shape[1])[:, None] * frequencies(x.shape[2] // heads)
    turn = np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)
    for block in blocks:
        x = x + _attend(x, block, heads, turn, hidden)
        wide = normed(x, block.norm_before_hidden) @ block.widen + block.widen_bias
        x = x + gelu(wide) @ block.narrow + block.narrow_bias
    return x


def _attend(
    x: Array,
    block: Block,
    heads: int,
    turn: tuple[Array, Array],
    hidden: Array | None,
) -> Array:
    """Tell each position what others show.  Shapes: (sequences, time, width) -> same"""
    both = normed(x, block.norm_before_attention) @ block.project
    by_head = both.reshape(*x.shape[:2], 3 * heads, -1).swapaxes(1, 2)
    q, k, v = np.split(by_head, 3, axis=1)  # (sequences, heads, time, d)
    q, k = (np.concatenate(halves_rotated(part, *turn), axis=-1) for part in (q, k))
    scores = q @ k.swapaxes(-1, -2) * np.float32(q.shape[-1] ** -0.5)
    if hidden is not None:
        scores[..., hidden] = -np.inf
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shown = powers / powers.sum(axis=-1, keepdims=True) @ v
    told: Array = shown.swapaxes(1, 2).reshape(x.shape) @ block.output_project
    return told
