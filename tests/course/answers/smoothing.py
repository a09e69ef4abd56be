"""Two right answers to each exercise of lesson 3, and wrong ones."""

from collections import Counter

import numpy as np


def add_delta(counts, delta):
    V = counts.shape[1]
    return (counts + delta) / (counts.sum(axis=1, keepdims=True) + delta * V)


def add_delta_2(counts, delta):
    return [
        [(c + delta) / (sum(row) + delta * len(row)) for c in row] for row in counts
    ]


def interpolate(distributions, weights):
    return (weights[:, None] * distributions).sum(axis=0)


def interpolate_2(distributions, weights):
    mixed = np.zeros(distributions.shape[1])
    for weight, distribution in zip(weights, distributions):
        mixed += weight * distribution
    return mixed


def discount(counts):
    n1 = sum(c == 1 for c in counts)
    n2 = sum(c == 2 for c in counts)
    return n1 / (n1 + 2 * n2)


def discount_2(counts):
    _, n1, n2, *_ = np.bincount(counts, minlength=3)
    return 1 / (1 + 2 * n2 / n1)


def continuation_counts(counts):
    found = {}
    for v, w in counts:
        found[w] = found.get(w, 0) + 1
    return found


def continuation_counts_2(counts):
    words = {w for _, w in counts}
    return {w: len({v for v, u in counts if u == w}) for w in words}


def kneser_ney(counts, history, D):
    places = Counter(w for _, w in counts)
    c = sum(n for (v, _), n in counts.items() if v == history)
    types = sum(v == history for v, _ in counts)
    return {
        w: max(counts.get((history, w), 0) - D, 0) / c
        + D * types / c * places[w] / len(counts)
        for w in places
    }


def kneser_ney_2(counts, history, D):
    words = sorted({w for _, w in counts})
    row = np.array([counts.get((history, w), 0) for w in words], float)
    lower = np.array([sum(u == w for _, u in counts) for w in words], float)
    taken = np.minimum(row, D)
    p = (row - taken + taken.sum() * lower / lower.sum()) / row.sum()
    return dict(zip(words, p.tolist()))


MUTANTS = {
    "add_delta": {
        "adds delta once to the denominator": ("delta * V", "delta"),
        "adds nothing to the denominator": (" + delta * V", ""),
        "adds one, whatever delta is": (
            "    V =",
            "    delta = 1\n    V =",
        ),
        "divides by the sum of the whole table": (
            "(counts.sum(axis=1, keepdims=True) + delta * V)",
            "(counts + delta).sum()",
        ),
        "counts histories as the vocabulary": ("shape[1]", "shape[0]"),
        "leaves what was seen as it is": (
            "(counts + delta)",
            "np.maximum(counts, delta)",
        ),
    },
    "interpolate": {
        "averages, whatever the weights are": (
            "weights[:, None] * ",
            "1 / len(weights) * ",
        ),
        "takes the weights in the opposite order": (
            "weights[:, None]",
            "weights[::-1, None]",
        ),
        "takes the most of them": (".sum(", ".max("),
        "multiplies the distributions": (
            "(weights[:, None] * distributions).sum(",
            "(distributions ** weights[:, None]).prod(",
        ),
        "forgets the last order": ("distributions).sum", "distributions)[:-1].sum"),
    },
    "discount": {
        "forgets the 2": ("2 * n2", "n2"),
        "counts all that occur twice or more as n_2": ("c == 2", "c >= 2"),
        "adds up counts in place of n-grams": ("2 * n2", "4 * n2"),
        "gives what is left": ("return ", "return 1 - "),
        "counts what occurs up to twice": ("c == 1", "c <= 2"),
    },
    "continuation_counts": {
        "counts occurrences, not places": ("+ 1", "+ counts[v, w]"),
        "counts the words that come after": (
            "found[w] = found.get(w",
            "found[v] = found.get(v",
        ),
        "counts the pairs that occur once": (
            "for v, w in counts:",
            "for v, w in (p for p in counts if counts[p] == 1):",
        ),
        "forgets to add up": ("found.get(w, 0) + 1", "1"),
    },
    "kneser_ney": {
        "uses the frequencies of words as the lower order": (
            "Counter(w for _, w in counts)",
            "Counter(w for (_, w), n in counts.items() for _ in range(n))",
            "len(counts)",
            "places.total()",
        ),
        "keeps what the discount took off": ("+ D * types", "+ 0 * types"),
        "discounts nothing": ("    places =", "    D = 0\n    places ="),
        "takes the lower order for unseen words alone": (
            "+ D * types / c * places[w] / len(counts)",
            "+ ((history, w) not in counts) * D * types / c * places[w] / len(counts)",
        ),
        "counts occurrences as types": ("sum(v == history for v, _ in counts)", "c"),
        "divides the places by the number of words": ("/ len(counts)", "/ len(places)"),
    },
}
