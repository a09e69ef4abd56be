"""Two right answers to each exercise of lesson 8, and wrong ones."""

import math

import numpy as np


def clip_by_norm(gradients, limit):
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    if norm > limit:
        gradients = [g * limit / norm for g in gradients]
    return gradients


def clip_by_norm_2(gradients, limit):
    norm = np.linalg.norm(np.concatenate([g.ravel() for g in gradients]))
    return [g / max(norm / limit, 1) for g in gradients]


def clip_by_value(gradients, limit):
    return [np.minimum(np.maximum(g, -limit), limit) for g in gradients]


def clip_by_value_2(gradients, limit):
    return [
        np.sign(g) * np.where(np.abs(g) > limit, limit, np.abs(g)) for g in gradients
    ]


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def lstm_step(x, h, c, W, U, b):
    i, f, g, o = np.split(x @ W + h @ U + b, 4, axis=-1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    h = sigmoid(o) * np.tanh(c)
    return h, c


def lstm_step_2(x, h, c, W, U, b):
    n = h.shape[1]

    def block(k):
        columns = slice(k * n, (k + 1) * n)
        return x @ W[:, columns] + h @ U[:, columns] + b[columns]

    cell = c * sigmoid(block(1)) + np.tanh(block(2)) * sigmoid(block(0))
    return [np.tanh(cell) * sigmoid(block(3)), cell]


def gru_step(x, h, W, U, b):
    n = h.shape[1]
    z = sigmoid(x @ W[:, :n] + h @ U[:, :n] + b[:n])
    r = sigmoid(x @ W[:, n : 2 * n] + h @ U[:, n : 2 * n] + b[n : 2 * n])
    g = np.tanh(x @ W[:, 2 * n :] + (r * h) @ U[:, 2 * n :] + b[2 * n :])
    return z * h + (1 - z) * g


def gru_step_2(x, h, W, U, b):
    Wz, Wr, Wg = np.split(W, 3, axis=1)
    Uz, Ur, Ug = np.split(U, 3, axis=1)
    bz, br, bg = np.split(b, 3)
    keep = 1 - sigmoid(-(x @ Wz + h @ Uz + bz))
    seen = h * sigmoid(x @ Wr + h @ Ur + br)
    candidate = np.tanh(x @ Wg + seen @ Ug + bg)
    return candidate + keep * (h - candidate)


def gru_step_reset_after(x, h, W, U, b):
    xz, xr, xg = np.split(x @ W + b[0], 3, axis=1)
    hz, hr, hg = np.split(h @ U + b[1], 3, axis=1)
    z, r = sigmoid(xz + hz), sigmoid(xr + hr)
    g = np.tanh(xg + r * hg)
    return z * h + (1 - z) * g


def gru_step_reset_after_2(x, h, W, U, b):
    n = h.shape[1]
    both = x @ W + b[0]
    both[:, : 2 * n] += h @ U[:, : 2 * n] + b[1, : 2 * n]
    gates = sigmoid(both[:, : 2 * n])
    g = np.tanh(both[:, 2 * n :] + gates[:, n:] * (h @ U[:, 2 * n :] + b[1, 2 * n :]))
    return gates[:, :n] * (h - g) + g


def steps_to_half(forget_bias):
    f = 1 / (1 + math.exp(-forget_bias))
    return math.log(0.5) / math.log(f)


def steps_to_half_2(forget_bias):
    return np.log(2) / np.log1p(np.exp(-forget_bias))


MUTANTS = {
    "clip_by_norm": {
        "clips each array by its own norm": (
            "    if norm > limit:\n        gradients = [g * limit / norm for g in gradients]\n",
            "    gradients = [g * min(1, limit / np.linalg.norm(g)) for g in gradients]\n",
        ),
        "scales small gradients up": ("if norm > limit", "if True"),
        "clips by value": ("g * limit / norm", "np.clip(g, -limit, limit)"),
        "forgets the square root": ("np.sqrt(", "("),
        "clips nothing": ("if norm > limit", "if False"),
        "divides twice": ("limit / norm", "limit / norm / norm"),
        "takes the largest number": (
            "np.sqrt(sum(np.sum(g**2) for g in gradients))",
            "max(np.max(g) for g in gradients)",
        ),
    },
    "clip_by_value": {
        "cuts positive numbers alone": ("np.maximum(g, -limit)", "g"),
        "sets what is too large to 0": (
            "np.minimum(np.maximum(g, -limit), limit)",
            "np.where(np.abs(g) > limit, 0, g)",
        ),
        "loses the sign": ("np.maximum(g, -limit)", "np.abs(g)"),
        "clips at 0": ("-limit)", "0)"),
        "clips nothing": ("np.minimum(np.maximum(g, -limit), limit)", "g"),
    },
    "lstm_step": {
        "takes the blocks as i, f, o, g": ("i, f, g, o", "i, f, o, g"),
        "takes the blocks as f, i, g, o": ("i, f, g, o", "f, i, g, o"),
        "squashes the new content with a sigmoid": ("np.tanh(g)", "sigmoid(g)"),
        "shows the cell without tanh": ("np.tanh(c)", "c"),
        "writes 1 - f, not i": ("sigmoid(i)", "(1 - sigmoid(f))"),
        "gives c before h": ("return h, c", "return c, h"),
        "forgets the bias": (" + b,", ","),
        "keeps everything": ("sigmoid(f) * c", "c"),
    },
    "gru_step": {
        "applies r after the product": (
            "(r * h) @ U[:, 2 * n :]",
            "r * (h @ U[:, 2 * n :])",
        ),
        "lets 1 - z keep the old state": ("z * h + (1 - z) * g", "(1 - z) * h + z * g"),
        "forgets r": ("(r * h)", "h"),
        "takes the blocks as r, z, g": (
            "    z = ",
            "    q = ",
            "    r = ",
            "    z = ",
            "    q = ",
            "    r = ",
        ),
        "adds in place of mixing": ("z * h +", "h +"),
        "squashes the candidate with a sigmoid": ("np.tanh", "sigmoid"),
    },
    "gru_step_reset_after": {
        "applies r before the product": (
            "r * hg",
            "(r * h) @ np.split(U, 3, axis=1)[2] + np.split(b[1], 3)[2]",
        ),
        "lets 1 - z keep the old state": ("z * h + (1 - z) * g", "(1 - z) * h + z * g"),
        "forgets the state's bias": (" + b[1]", ""),
        "adds both biases outside of r": (
            "b[0]",
            "b[0] + b[1]",
            "h @ U + b[1]",
            "h @ U",
        ),
        "changes the two biases round": (
            "b[0]",
            "b[9]",
            "b[1]",
            "b[0]",
            "b[9]",
            "b[1]",
        ),
        "forgets r": ("r * hg", "hg"),
    },
    "steps_to_half": {
        "gives the steps until 1/e is left": ("math.log(0.5)", "-1"),
        "gives what one step loses": ("math.log(0.5) / math.log(f)", "0.5 / (1 - f)"),
        "uses tanh for the gate": (
            "1 / (1 + math.exp(-forget_bias))",
            "math.tanh(forget_bias)",
        ),
        "turns the quotient round": (
            "math.log(0.5) / math.log(f)",
            "math.log(f) / math.log(0.5)",
        ),
        "rounds up": (
            "return math.log(0.5) / math.log(f)",
            "return math.ceil(math.log(0.5) / math.log(f))",
        ),
        "forgets the sign": ("-forget_bias", "forget_bias"),
    },
}
