"""How scores become the weights of attention, and which positions may be seen.

Math:   A_ij = exp(S_ij) / sum_k exp(S_ik),   k over the positions that i may see
        A_ij = 0 for all others, and everywhere in a row that may see none
"""

from typing import Any

from keras import ops

from keraslm.kernels.tensors import at_least_float32

FAR = -1e30  # a score below all others


def weights_of(scores: Any, mask: Any = None) -> Any:
    """Give the weights of attention, in float32 at least.

    Shapes: scores (.., queries, keys), mask bool, spread over it -> as scores
    """
    scores = at_least_float32(scores)
    scores = scores if mask is None else ops.where(mask, scores, FAR)
    most = ops.stop_gradient(ops.max(scores, axis=-1, keepdims=True))
    powers = ops.exp(scores - most)
    powers = powers if mask is None else ops.where(mask, powers, 0)
    # 1 or more, since the largest score has power 1: less only where nothing is seen
    return powers / ops.maximum(ops.sum(powers, axis=-1, keepdims=True), 1)


def band(queries: Any, keys: Any, window: int | None = None) -> Any:
    """Let each query see its own position and those before it, at most `window`.

    The last query stands where the last key stands.

    Shapes: -> (queries, keys) bool
    """
    own = (keys - queries) + ops.arange(queries, dtype="int32")[:, None]
    back = own - ops.arange(keys, dtype="int32")  # how far a key lies behind
    seen = back >= 0
    return seen if window is None else ops.logical_and(seen, back < window)
