"""Two right answers to each exercise of lesson 10, and wrong ones."""

import numpy as np


def both_directions(forward, backward):
    return np.concatenate([forward, backward[::-1]], axis=1)


def both_directions_2(forward, backward):
    time, units = forward.shape
    joined = np.zeros((time, 2 * units))
    for t in range(time):
        joined[t, :units] = forward[t]
        joined[t, units:] = backward[time - 1 - t]
    return joined


def max_pool(states, mask):
    return np.where(mask[:, None], states, -np.inf).max(axis=0)


def max_pool_2(states, mask):
    words = [row for row, is_word in zip(states, mask) if is_word]
    return [max(column) for column in zip(*words)]


def mean_pool(states, mask):
    return (states * mask[:, None]).sum(axis=0) / mask.sum()


def mean_pool_2(states, mask):
    return np.average(states, axis=0, weights=mask.astype(float)).tolist()


def tag_accuracy(gold, found):
    is_word = gold != 0
    return ((gold == found) & is_word).sum() / is_word.sum()


def tag_accuracy_2(gold, found):
    right = [g == f for g, f in zip(gold.ravel(), found.ravel()) if g]
    return right.count(True) / len(right)


MUTANTS = {
    "both_directions": {
        "does not turn the backward states round": ("[::-1]", ""),
        "adds the two up": (
            "np.concatenate([forward, backward[::-1]], axis=1)",
            "forward + backward[::-1]",
        ),
        "puts the backward states first": (
            "[forward, backward[::-1]]",
            "[backward[::-1], forward]",
        ),
        "turns the units round, not the time": ("[::-1]", "[:, ::-1]"),
        "puts one text below the other": ("axis=1", "axis=0"),
        "turns both round": ("[forward,", "[forward[::-1],"),
    },
    "max_pool": {
        "takes padding for words": (
            "np.where(mask[:, None], states, -np.inf)",
            "states",
        ),
        "takes 0 for padding's value": ("-np.inf", "0"),
        "takes the largest unit of each word": (
            "np.where(mask[:, None], states, -np.inf).max(axis=0)",
            "states[mask].max(axis=1)",
        ),
        "takes the last word": (
            "np.where(mask[:, None], states, -np.inf).max(axis=0)",
            "states[mask][-1]",
        ),
        "takes the least value": ("-np.inf).max", "np.inf).min"),
        "takes the largest absolute value": (
            "states, -np.inf",
            "np.abs(states), -np.inf",
        ),
    },
    "mean_pool": {
        "takes padding for words": (
            "(states * mask[:, None]).sum(axis=0) / mask.sum()",
            "states.mean(axis=0)",
        ),
        "divides by the length with padding": ("mask.sum()", "len(mask)"),
        "adds up in place of averaging": (" / mask.sum()", ""),
        "averages the units of each word": (
            "(states * mask[:, None]).sum(axis=0) / mask.sum()",
            "states[mask].mean(axis=1)",
        ),
        "divides by the square root": ("mask.sum()", "np.sqrt(mask.sum() + 1)"),
    },
    "tag_accuracy": {
        "takes padding for words": (" & is_word", "", "is_word.sum()", "gold.size"),
        "divides by the words with padding": ("is_word.sum()", "gold.size"),
        "averages the sentences": (
            ".sum() / is_word.sum()",
            ".sum(axis=1) / is_word.sum(axis=1)",
            "    return (",
            "    return np.mean((",
            "is_word.sum(axis=1)",
            "is_word.sum(axis=1))",
        ),
        "takes the mask from the prediction": ("gold != 0", "found != 0"),
        "gives the errors": ("gold == found", "gold != found"),
        "gives a number": (" / is_word.sum()", ""),
    },
}
