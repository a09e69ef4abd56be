"""Two right answers to each exercise of lesson 12, and wrong ones."""

import math

import numpy as np


def entropy(p):
    return -sum(x * math.log(x) for x in p.tolist() if x > 0)


def entropy_2(p):
    return np.log(1 / np.maximum(p, 1e-300)) @ p


def divergence(p, q):
    return sum(a * math.log(a / b) for a, b in zip(p.tolist(), q.tolist()) if a > 0)


def divergence_2(p, q):
    cross = -(p * np.log(q)).sum()
    return cross - entropy(p)


def above_the_truth(truth, model):
    def perplexity(logs):
        return math.exp(-sum(logs) / len(logs))

    return perplexity(model) / perplexity(truth) - 1


def above_the_truth_2(truth, model):
    return np.expm1(np.mean(np.subtract(truth, model)))


def agreement(right, wrong, attractors):
    found = {}
    for group in set(attractors):
        verbs = [i for i, a in enumerate(attractors) if a == group]
        points = sum(
            (right[i] > wrong[i]) + 0.5 * (right[i] == wrong[i]) for i in verbs
        )
        found[group] = points / len(verbs)
    return found


def agreement_2(right, wrong, attractors):
    points = (np.sign(np.subtract(right, wrong)) + 1) / 2
    groups = np.array(attractors)
    return {int(g): points[groups == g].mean() for g in np.unique(groups)}


MUTANTS = {
    "entropy": {
        "counts in bits": ("math.log(", "math.log2("),
        "multiplies 0 by the logarithm of 0": (
            "sum(x * math.log(x) for x in p.tolist() if x > 0)",
            "(p * np.log(p)).sum()",
        ),
        "forgets the weights": ("x * math", "math"),
        "forgets the sign": ("-sum", "sum"),
        "gives the perplexity": (
            "-sum(x * math.log(x) for x in p.tolist() if x > 0)",
            "math.exp(-sum(x * math.log(x) for x in p.tolist() if x > 0))",
        ),
        "averages over the words": ("-sum", "-1 / len(p) * sum"),
    },
    "divergence": {
        "changes truth and model round": (
            "zip(p.tolist(), q.tolist())",
            "zip(q.tolist(), p.tolist())",
            "math.log(a / b)",
            "(math.log(a / b) if b else math.inf)",
        ),
        "counts in bits": ("math.log", "math.log2"),
        "forgets the sign": ("math.log(a / b)", "math.log(b / a)"),
        "gives the cross-entropy": ("math.log(a / b)", "-math.log(b)"),
        "adds up absolute values": ("a * math.log(a / b)", "abs(a * math.log(a / b))"),
        "forgets the weights": ("a * math", "math"),
    },
    "above_the_truth": {
        "gives the quotient": (" - 1", ""),
        "gives the difference in nats": (
            "math.exp(-sum(logs) / len(logs))",
            "-sum(logs) / len(logs)",
            "perplexity(model) / perplexity(truth) - 1",
            "perplexity(model) - perplexity(truth)",
        ),
        "gives the difference of the perplexities": (
            "/ perplexity(truth) - 1",
            "- perplexity(truth)",
        ),
        "divides by the model's perplexity": (
            "perplexity(model) / perplexity(truth) - 1",
            "1 - perplexity(truth) / perplexity(model)",
        ),
        "changes the two round": (
            "perplexity(model) / perplexity(truth)",
            "perplexity(truth) / perplexity(model)",
        ),
    },
    "agreement": {
        "counts a tie as wrong": ("0.5", "0"),
        "counts a tie as right": ("0.5", "1"),
        "prefers the wrong form": ("right[i] > wrong[i]", "right[i] < wrong[i]"),
        "divides by the number of all verbs": ("len(verbs)", "len(right)"),
        "gives every group the accuracy of all": ("if a == group", ""),
        "gives numbers": (" / len(verbs)", ""),
    },
}
