"""Two right answers to each exercise of lesson 4, and wrong ones."""

import math

import numpy as np


def perplexity(log_probabilities):
    return math.exp(-sum(log_probabilities) / len(log_probabilities))


def perplexity_2(log_probabilities):
    return 2 ** -np.mean(np.array(log_probabilities) / np.log(2))


def perplexity_of_batches(batches):
    total = sum(sum(batch) for batch in batches)
    number = sum(len(batch) for batch in batches)
    return math.exp(-total / number)


def perplexity_of_batches_2(batches):
    means = [np.mean(batch) for batch in batches]
    return np.exp(-np.average(means, weights=[len(batch) for batch in batches]))


def perplexity_without_ends(tokens, log_probabilities):
    total = number = 0
    for token, log in zip(tokens, log_probabilities):
        if token != "</s>":
            total += log
            number += 1
    return math.exp(-total / number)


def perplexity_without_ends_2(tokens, log_probabilities):
    is_word = np.array(tokens) != "</s>"
    return np.exp(-np.array(log_probabilities)[is_word].mean())


def bits_per_character(nats_per_token, tokens, characters):
    return nats_per_token * tokens / math.log(2) / characters


def bits_per_character_2(nats_per_token, tokens, characters):
    return math.log2(math.exp(nats_per_token)) * (tokens / characters)


MUTANTS = {
    "perplexity": {
        "raises 2 to nats": ("math.exp(", "2 ** ("),
        "forgets the sign": ("-sum", "sum"),
        "forgets to average": (
            "return math.exp(-sum(log_probabilities) / len(log_probabilities))",
            "s = -sum(log_probabilities)\n    return math.exp(s) if s < 700 else math.inf",
        ),
        "averages the inverse probabilities": (
            "math.exp(-sum(log_probabilities) / len(log_probabilities))",
            "np.mean(np.exp(-np.array(log_probabilities)))",
        ),
        "gives nats": ("math.exp(", "("),
    },
    "perplexity_of_batches": {
        "averages batches": (
            "sum(sum(batch) for batch in batches)",
            "sum(sum(batch) / len(batch) for batch in batches)",
            "sum(len(batch) for batch in batches)",
            "len(batches)",
        ),
        "averages the perplexities of batches": (
            "math.exp(-total / number)",
            "np.mean([np.exp(-np.mean(batch)) for batch in batches])",
        ),
        "divides by the number of batches": (
            "sum(len(batch) for batch in batches)",
            "len(batches)",
        ),
        "measures the last batch": (
            "batches)\n    number",
            "batches[-1:])\n    number",
            "in batches)\n    return",
            "in batches[-1:])\n    return",
        ),
        "takes all batches to be as long as the first": (
            "sum(len(batch) for batch in batches)",
            "len(batches) * len(batches[0])",
        ),
    },
    "perplexity_without_ends": {
        "leaves </s> out of the sum, and counts it as a token": (
            "            number += 1",
            "        number += 1",
        ),
        "leaves </s> out of the number, and adds its cost": (
            '        if token != "</s>":\n            total += log',
            '        total += log\n        if token != "</s>":',
        ),
        "counts </s> as any token": ('token != "</s>"', "True"),
        "measures </s> alone": ("!=", "=="),
        "leaves out <s>": ('"</s>"', '"<s>"'),
    },
    "bits_per_character": {
        "leaves nats as they are": (" / math.log(2)", ""),
        "multiplies by log 2": ("/ math.log(2)", "* math.log(2)"),
        "gives bits a token": (" * tokens", "", " / characters", ""),
        "uses the logarithm to base 10": ("math.log(2)", "math.log10(2)"),
        "turns the shares round": (
            "* tokens",
            "/ tokens",
            "/ characters",
            "* characters",
        ),
        "gives bits in all": (" / characters", ""),
    },
}
