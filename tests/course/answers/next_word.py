"""Two right answers to each exercise of lesson 1, and wrong ones."""

import math

import numpy as np


def chain_rule(probabilities):
    return sum(math.log(p) for p in probabilities)


def chain_rule_2(probabilities):
    return np.log(np.array(probabilities)).sum()


def conditional(joint, first):
    total = sum(p for (v, w), p in joint.items() if v == first)
    return {w: p / total for (v, w), p in joint.items() if v == first}


def conditional_2(joint, first):
    words = sorted({w for _, w in joint})
    row = np.array([joint.get((first, w), 0.0) for w in words])
    return dict(zip(words, row / row.sum()))


def sentence_log_probability(words, bigram):
    total, before = 0.0, "<s>"
    for word in words + ["</s>"]:
        total += math.log(bigram[before][word])
        before = word
    return total


def sentence_log_probability_2(words, bigram):
    tokens = ["<s>", *words, "</s>"]
    return np.sum(np.log([bigram[v][w] for v, w in zip(tokens, tokens[1:])]))


MUTANTS = {
    "chain_rule": {
        "multiplies first, so that a long sentence has probability 0": (
            "return sum(math.log(p) for p in probabilities)",
            "p = math.prod(probabilities)\n    return math.log(p) if p else -math.inf",
        ),
        "counts in bits": ("log(p)", "log2(p)"),
        "leaves out the first token": ("in probabilities", "in probabilities[1:]"),
        "forgets the logarithm": ("math.log(p)", "p"),
        "turns the sign": ("return sum", "return -sum"),
    },
    "conditional": {
        "gives P(v, w), which nobody divided": ("p / total", "p"),
        "divides by P(w) in place of P(v)": (
            "p / total",
            "p / sum(q for (_, u), q in joint.items() if u == w)",
        ),
        "turns the pair round": (
            "{w: p / total for (v, w)",
            "{w: p / total for (w, v)",
        ),
        "gives logarithms": ("p / total", "math.log(p / total)"),
        "gives pairs": ("{w:", "{(v, w):"),
    },
    "sentence_log_probability": {
        "does not score the end": (' + ["</s>"]', ""),
        "does not score the first word": (
            "total += math.log(bigram[before][word])",
            'total += math.log(bigram[before][word]) if before != "<s>" else 0',
        ),
        "counts in bits": ("math.log", "math.log2"),
        "keeps the first history": ("        before = word\n", ""),
        "multiplies": ("total += math.log(", "total += ("),
    },
}
