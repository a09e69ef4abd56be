"""Two right answers to each exercise of lesson 5, and wrong ones."""

import numpy as np


def softmax(logits):
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def softmax_2(logits):
    return [
        (1 / np.exp(row[None, :] - row[:, None]).sum(axis=1)).tolist()
        for row in np.clip(logits - logits.max(axis=1)[:, None], -700, 0)
    ]


def cross_entropy(logits, targets):
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum(axis=1))
    return np.mean(log_sum - shifted[np.arange(len(targets)), targets])


def cross_entropy_2(logits, targets):
    return float(
        np.mean([np.logaddexp.reduce(row) - row[t] for row, t in zip(logits, targets)])
    )


def bigram_gradient(weights, previous, targets):
    gradient = np.zeros_like(weights)
    for v, w in zip(previous, targets):
        e = np.exp(weights[v] - weights[v].max())
        gradient[v] += e / e.sum()
        gradient[v, w] -= 1
    return gradient / len(previous)


def bigram_gradient_2(weights, previous, targets):
    V = len(weights)
    X, Y = np.eye(V)[previous], np.eye(V)[targets]
    e = np.exp(X @ weights)
    P = e / e.sum(axis=1, keepdims=True)
    return X.T @ (P - Y) / len(X)


def one_epoch(weights, previous, targets, rate, batch):
    W = weights.copy()
    for start in range(0, len(previous), batch):
        p, t = previous[start : start + batch], targets[start : start + batch]
        W = W - rate * bigram_gradient(W, p, t)
    return W


def one_epoch_2(weights, previous, targets, rate, batch):
    if not len(previous):
        return weights
    step = rate * bigram_gradient_2(weights, previous[:batch], targets[:batch])
    return one_epoch_2(weights - step, previous[batch:], targets[batch:], rate, batch)


MUTANTS = {
    "softmax": {
        "overflows at large logits": (" - logits.max(axis=-1, keepdims=True)", ""),
        "sums over the wrong axis": ("axis=-1", "axis=0"),
        "sums over all rows together": ("axis=-1, keepdims=True", ""),
        "applies softmax twice": (
            "    e =",
            "    logits = softmax_2(logits)\n    logits = np.array(logits)\n    e =",
        ),
        "divides the logits by their sum": (
            "np.exp(logits - logits.max(axis=-1, keepdims=True))",
            "logits",
        ),
        "raises 2 to the logits": ("np.exp(", "np.exp2("),
        "gives logarithms": ("return e /", "return np.log(e + 1e-300) -"),
    },
    "cross_entropy": {
        "adds up in place of averaging": ("np.mean(", "np.sum("),
        "takes the logarithm of 0": (
            "return np.mean(log_sum - shifted[np.arange(len(targets)), targets])",
            "p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)\n"
            "    return -np.mean(np.log(p[np.arange(len(targets)), targets]))",
        ),
        "cuts probabilities off at 1e-7": (
            "np.mean(log_sum - shifted[np.arange(len(targets)), targets])",
            "np.mean(np.minimum(log_sum - shifted[np.arange(len(targets)), targets], -np.log(1e-7)))",
        ),
        "counts in bits": ("return ", "return 1 / np.log(2) * "),
        "averages over all words": (
            "shifted[np.arange(len(targets)), targets]",
            "shifted.mean(axis=1)",
        ),
        "forgets the sum": ("log_sum - ", "-"),
    },
    "bigram_gradient": {
        "keeps the last pair of each previous word": (
            "gradient[v] += e",
            "gradient[v] = e",
        ),
        "adds up in place of averaging": (" / len(previous)", ""),
        "gives the ascent, not the gradient": ("return gradient", "return -gradient"),
        "forgets to take the target off": ("        gradient[v, w] -= 1\n", ""),
        "gives its transpose": ("return gradient", "return gradient.T"),
        "divides by the number of words": ("len(previous)", "len(weights)"),
    },
    "one_epoch": {
        "drops the last batch if it is smaller": (
            "len(previous), batch",
            "len(previous) - batch + 1, batch",
        ),
        "takes one step": (
            "    W = weights.copy()\n",
            "    W, batch = weights.copy(), len(previous)\n",
        ),
        "computes all gradients at the first weights": (
            "gradient(W,",
            "gradient(weights,",
        ),
        "goes up": ("W - rate", "W + rate"),
        "forgets the rate": ("rate * ", ""),
        "steps by single pairs": (
            "range(0, len(previous), batch)",
            "range(len(previous))",
        ),
    },
}
