"""Lesson 10: both directions, sentences of different lengths, tags."""

import numpy as np

from keraslm.course.exercise import Cases, Draw, Lesson
from keraslm.course.zoo import mask_of_the_prediction

LESSON = Lesson(10, "both-ways", "Both ways")


def _states(draw: Draw) -> Cases:
    for time, units in ((1, 1), (2, 1), (3, 2), (6, 4)):
        yield draw.normal(time, units), draw.normal(time, units)


def _turned_features(forward: np.ndarray, backward: np.ndarray) -> np.ndarray:
    return np.concatenate([forward, backward[:, ::-1]], axis=1)


@LESSON.exercise(
    cases=_states,
    hints=(
        "Row t has what both directions know of word t.",
        "Look at which word the first row of `backward` was computed at.",
        "At which word does the backward network begin to read?",
    ),
    mistakes={
        "does not turn the backward states round": lambda forward, backward: (
            np.concatenate([forward, backward], axis=1)
        ),
        "adds the two up": lambda forward, backward: forward + backward[::-1],
        "puts the backward states first": lambda forward, backward: np.concatenate(
            [backward[::-1], forward], axis=1
        ),
        "turns the units round, not the time": _turned_features,
        "puts one text below the other": lambda forward, backward: np.concatenate(
            [forward, backward[::-1]], axis=0
        ),
    },
    properties={
        "each word has the units of both directions": lambda value, forward, backward: (
            np.shape(value) == (len(forward), 2 * forward.shape[1])
        ),
    },
)
def both_directions(forward: np.ndarray, backward: np.ndarray) -> np.ndarray:
    """Join the states of two networks, one of which read the sentence from its end.

    backward[0] was computed at the last word. The forward units stand first.

    Shapes: forward (time, units), backward (time, units) -> (time, 2 units)
    """
    return np.concatenate([forward, backward[::-1]], axis=1)


def _masked(draw: Draw) -> Cases:
    yield np.array([[-1.0], [5.0]]), np.array([True, False])
    for time, units, length in ((2, 2, 1), (4, 3, 3), (7, 2, 7), (8, 4, 5)):
        yield draw.normal(time, units) - 1, np.arange(time) < length


@LESSON.exercise(
    cases=_masked,
    hints=(
        "What padding holds changes nothing.",
        "Look at a unit all of whose values are negative.",
        "Is 0 small enough to be the largest of no sentence?",
    ),
    mistakes={
        "takes padding for words": lambda states, mask: states.max(axis=0),
        "takes 0 for padding's value": lambda states, mask: (
            states * mask[:, None]
        ).max(axis=0),
        "takes the largest unit of each word": lambda states, mask: states[mask].max(
            axis=1
        ),
        "takes padding alone": lambda states, mask: (
            states[~mask].max(axis=0) if not mask.all() else states[0]
        ),
        "takes the last word": lambda states, mask: states[mask][-1],
    },
)
def max_pool(states: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Give the largest value of each unit over the words of a sentence.

    mask[t] is True where there is a word, False where there is padding.

    Shapes: states (time, units), mask (time,) -> (units,)
    """
    return np.asarray(states[mask].max(axis=0))


@LESSON.exercise(
    cases=_masked,
    hints=(
        "What padding holds changes nothing, and how much padding there is neither.",
        "Look at what you divide by.",
        "How many words does the sentence have?",
    ),
    mistakes={
        "takes padding for words": lambda states, mask: states.mean(axis=0),
        "divides by the length with padding": lambda states, mask: (
            states * mask[:, None]
        ).mean(axis=0),
        "adds up in place of averaging": lambda states, mask: states[mask].sum(axis=0),
        "averages the units of each word": lambda states, mask: states[mask].mean(
            axis=1
        ),
    },
)
def mean_pool(states: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Give the mean of each unit over the words of a sentence.

    mask[t] is True where there is a word, False where there is padding.

    Shapes: states (time, units), mask (time,) -> (units,)
    """
    return np.asarray(states[mask].mean(axis=0))


def _tagged(draw: Draw) -> Cases:
    yield np.array([[1, 2], [1, 0]]), np.array([[1, 1], [2, 0]])
    for sentences, time in ((1, 3), (3, 4), (5, 8)):
        lengths = draw.rng.integers(1, time + 1, sentences)
        mask = np.arange(time) < lengths[:, None]
        gold, found = draw.rng.integers(1, 4, (2, sentences, time))
        yield gold * mask, found


def _right(gold: np.ndarray, found: np.ndarray) -> np.ndarray:
    return np.asarray((gold == found) & (gold != 0))


@LESSON.exercise(
    cases=_tagged,
    hints=(
        "Padding is no word: it is neither right nor wrong.",
        "Look at what you divide by.",
        "Does a word of a short sentence weigh as much as one of a long sentence?",
    ),
    mistakes={
        "takes padding for words": lambda gold, found: float((gold == found).mean()),
        "divides by the words with padding": lambda gold, found: float(
            _right(gold, found).mean()
        ),
        "averages the sentences": lambda gold, found: float(
            np.mean(_right(gold, found).sum(axis=1) / (gold != 0).sum(axis=1))
        ),
        "takes the mask from the prediction": mask_of_the_prediction.mistaken,
        "counts sentences that are right as a whole": lambda gold, found: float(
            np.mean(((gold == found) | (gold == 0)).all(axis=1))
        ),
    },
    properties={
        "an accuracy lies between 0 and 1": lambda value, *given: 0 <= value <= 1,
    },
)
def tag_accuracy(gold: np.ndarray, found: np.ndarray) -> float:
    """Give the share of the words whose tag is found.

    A tag is a number from 1 on. gold is 0 at padding, where found may be anything.

    Shapes: gold (sentences, time), found (sentences, time)
    """
    return float(_right(gold, found).sum() / (gold != 0).sum())
