"""Two right answers to each exercise of lesson 9, and wrong ones."""

from itertools import accumulate

import numpy as np


def temper(logits, temperature):
    z = logits / temperature
    e = np.exp(z - z.max())
    return e / e.sum()


def temper_2(logits, temperature):
    log_p = logits - np.logaddexp.reduce(logits)
    tempered = log_p / temperature
    return np.exp(tempered - np.logaddexp.reduce(tempered))


def top_k(probabilities, k):
    kept = np.zeros_like(probabilities)
    best = np.argsort(-probabilities)[:k]
    kept[best] = probabilities[best]
    return kept / kept.sum()


def top_k_2(probabilities, k):
    least = sorted(probabilities, reverse=True)[min(k, len(probabilities)) - 1]
    kept = [p if p >= least else 0.0 for p in probabilities]
    return [p / sum(kept) for p in kept]


def top_p(probabilities, p):
    order = np.argsort(-probabilities)
    before = np.cumsum(probabilities[order]) - probabilities[order]
    best = order[before < p]
    kept = np.zeros_like(probabilities)
    kept[best] = probabilities[best]
    return kept / kept.sum()


def top_p_2(probabilities, p):
    kept, mass = np.zeros(len(probabilities)), 0.0
    for w in sorted(range(len(probabilities)), key=lambda w: -probabilities[w]):
        kept[w] = probabilities[w]
        mass += probabilities[w]
        if mass >= p:
            break
    return kept / mass


def draw_token(probabilities, point):
    total = 0.0
    for w, p in enumerate(probabilities):
        total += p
        if total > point:
            return w


def draw_token_2(probabilities, point):
    return np.searchsorted(list(accumulate(probabilities)), point, side="right")


def novelty(written, learnt, n):
    new = [written[i : i + n] not in learnt for i in range(len(written) - n + 1)]
    return sum(new) / len(new)


def novelty_2(written, learnt, n):
    known = {"".join(g) for g in zip(*(learnt[k:] for k in range(n)))}
    grams = ["".join(g) for g in zip(*(written[k:] for k in range(n)))]
    return np.mean([g not in known for g in grams])


MUTANTS = {
    "temper": {
        "multiplies by the temperature": (
            "logits / temperature",
            "logits * temperature",
        ),
        "divides the probabilities, which changes nothing": (
            "logits / temperature",
            "logits",
            "return e /",
            "e = e / temperature\n    return e /",
        ),
        "divides the probabilities and leaves their sum": (
            "logits / temperature",
            "logits",
            "e.sum()",
            "e.sum() / temperature",
        ),
        "overflows at large logits": (" - z.max()", ""),
        "forgets the temperature": ("logits / temperature", "logits + 0"),
        "adds the temperature": ("logits / temperature", "logits + temperature"),
    },
    "top_k": {
        "leaves the sum below one": (" / kept.sum()", ""),
        "keeps the least probable tokens": ("(-probabilities)", "(probabilities)"),
        "makes those that it keeps equal": ("= probabilities[best]", "= 1"),
        "shows only those that it keeps": (
            "return kept /",
            "kept = kept[best]\n    return kept /",
        ),
        "keeps the first k": (
            "np.argsort(-probabilities)[:k]",
            "np.arange(len(probabilities))[:k]",
        ),
        "keeps one more": ("[:k]", "[: k + 1]"),
    },
    "top_p": {
        "leaves out the token that crosses p": (
            " - probabilities[order]\n",
            "\n",
            "before < p",
            "before <= p",
        ),
        "leaves the sum below one": (" / kept.sum()", ""),
        "keeps tokens whose own probability is p or more": (
            "order[before < p]",
            "np.flatnonzero(probabilities >= p)",
        ),
        "adds up in the order of the vocabulary": (
            "np.argsort(-probabilities)",
            "np.arange(len(probabilities))",
        ),
        "keeps all": ("order[before < p]", "order"),
        "keeps the best": ("order[before < p]", "order[:1]"),
    },
    "draw_token": {
        "takes the most probable token: greedy, called sampling": (
            "    total = 0.0\n",
            "    return int(np.argmax(probabilities))\n    total = 0.0\n",
        ),
        "is off by one token": ("return w", "return w + 1"),
        "draws each token equally often": (
            "total += p",
            "total += 1 / len(probabilities)",
        ),
        "reads the vocabulary from the end": (
            "enumerate(probabilities)",
            "reversed(list(enumerate(probabilities)))",
        ),
        "forgets to add up": ("total += p", "total = p"),
        "takes a token whose piece ends at the point": (
            "total > point",
            "total >= point",
        ),
    },
    "novelty": {
        "gives the share that was copied": ("not in learnt", "in learnt"),
        "counts each different n-gram once": (
            "in range(len(written) - n + 1)]",
            "in {written[i : i + n]: i for i in range(len(written) - n + 1)}.values()]",
        ),
        "looks in the written text for what was learnt": (
            "    new =",
            "    written, learnt = learnt, written\n    new =",
        ),
        "gives a number": (" / len(new)", ""),
        "compares words": ("not in learnt", "not in learnt.split()"),
        "divides by the length of the text": ("len(new)", "len(written)"),
    },
}
