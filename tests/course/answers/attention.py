"""Two right answers to each exercise of lesson 11, and wrong ones."""

import numpy as np


def causal_mask(time):
    t = np.arange(time)
    return t[:, None] >= t[None, :]


def causal_mask_2(time):
    return [[s <= t for s in range(time)] for t in range(time)]


def causal_attention(q, k, v):
    scores = q @ k.T / np.sqrt(q.shape[1])
    scores = np.where(causal_mask(len(q)), scores, -np.inf)
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True) @ v


def causal_attention_2(q, k, v):
    rows = []
    for t, query in enumerate(q):
        weights = np.exp(k[: t + 1] @ query / len(query) ** 0.5)
        rows.append(weights / weights.sum() @ v[: t + 1])
    return np.array(rows)


def read_source(state, encoded, mask):
    scores = np.where(mask, encoded @ state, -np.inf)
    e = np.exp(scores - scores.max())
    return e / e.sum() @ encoded


def read_source_2(state, encoded, mask):
    words = encoded[mask]
    weights = np.exp(words @ state)
    return np.average(words, axis=0, weights=weights)


def positions(time, width):
    P = np.zeros((time, width))
    for i in range(width // 2):
        angle = np.arange(time) / 10000 ** (2 * i / width)
        P[:, 2 * i] = np.sin(angle)
        P[:, 2 * i + 1] = np.cos(angle)
    return P


def positions_2(time, width):
    column = np.arange(width)
    angles = np.arange(time)[:, None] * 1e4 ** -(column // 2 * 2 / width)
    return np.sin(angles + np.pi / 2 * (column % 2))


def split_heads(x, heads):
    time, width = x.shape
    return x.reshape(time, heads, width // heads).transpose(1, 0, 2)


def split_heads_2(x, heads):
    return np.array(np.split(x, heads, axis=1))


MUTANTS = {
    "causal_mask": {
        "lets tokens see what comes after them": (">=", "<="),
        "hides a token from itself": (">=", ">"),
        "lets every token see all": (
            "t[:, None] >= t[None, :]",
            "np.ones((time, time), bool)",
        ),
        "marks what is hidden": (">=", "<"),
        "lets a token see the one after it": ("t[None, :]", "t[None, :] - 1"),
    },
    "causal_attention": {
        "sees the future": (
            "    scores = np.where(causal_mask(len(q)), scores, -np.inf)\n",
            "",
        ),
        "forgets to divide by the root of the width": (" / np.sqrt(q.shape[1])", ""),
        "divides by the width": ("np.sqrt(q.shape[1])", "q.shape[1]"),
        "sets hidden scores to 0 before the softmax": ("-np.inf", "0"),
        "changes queries and keys round": ("q @ k.T", "k @ q.T"),
        "divides by the root of the time": ("q.shape[1]", "q.shape[0]"),
        "hides after the softmax, and leaves the sum below one": (
            "    scores = np.where(causal_mask(len(q)), scores, -np.inf)\n",
            "",
            "e.sum(axis=1, keepdims=True) @",
            "e.sum(axis=1, keepdims=True) * causal_mask(len(q)) @",
        ),
    },
    "read_source": {
        "reads padding, too": (
            "np.where(mask, encoded @ state, -np.inf)",
            "encoded @ state",
        ),
        "sets the scores of padding to 0": ("-np.inf", "0"),
        "leaves out padding after the softmax": (
            "np.where(mask, encoded @ state, -np.inf)",
            "encoded @ state",
            "e.sum() @",
            "e.sum() * mask @",
        ),
        "averages all words equally": ("encoded @ state", "0"),
        "forgets the softmax": (
            "e / e.sum() @ encoded",
            "np.where(mask, scores, 0) @ encoded",
        ),
        "gives the weights": ("e / e.sum() @ encoded", "e / e.sum()"),
        "reads the state with the highest score alone": (
            "e / e.sum() @ encoded",
            "encoded[np.argmax(e)]",
        ),
    },
    "positions": {
        "puts all sines before all cosines": (
            "P[:, 2 * i]",
            "P[:, i]",
            "P[:, 2 * i + 1]",
            "P[:, i + width // 2]",
        ),
        "puts cosines first": (
            "np.sin",
            "np.tan",
            "np.cos",
            "np.sin",
            "np.tan",
            "np.cos",
        ),
        "counts positions from 1": ("np.arange(time)", "np.arange(1, time + 1)"),
        "uses the base 1000": ("10000", "1000"),
        "halves the exponent": ("(2 * i / width)", "(i / width)"),
        "uses sines alone": ("np.cos", "np.sin"),
    },
    "split_heads": {
        "reshapes without a transpose, which mixes tokens": (
            "time, heads, width // heads).transpose(1, 0, 2)",
            "heads, time, width // heads)",
        ),
        "leaves the time first": (".transpose(1, 0, 2)", ""),
        "deals the columns out in turn": (
            "heads, width // heads).transpose(1, 0, 2)",
            "width // heads, heads).transpose(2, 0, 1)",
        ),
        "gives the last head first": ("(1, 0, 2)", "(1, 0, 2)[::-1]"),
        "turns each head": ("(1, 0, 2)", "(1, 2, 0)"),
    },
}
