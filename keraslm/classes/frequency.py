"""Classes by frequency, and classes of bounded size."""

from typing import Any

import numpy as np
import numpy.typing as npt

Classes = npt.NDArray[np.int64]

LARGEST = 2  # times the mean size: the size above which a class is split


def classes_by_frequency(counts: npt.NDArray[Any], number: int) -> Classes:
    """Put words of about the same frequency together, the frequent in small classes.

    Math:   class of w = floor(C sum_{v < w} r_v / sum_v r_v), r_v = n_v^(1/4), with 1
            added to the counts; the roots make classes alike in size, as the vectors
            of a class softmax stand in a table of equal rows
    Shapes: counts (vocabulary,), falling -> (vocabulary,), classes from 0, none empty
    References: Mikolov, Kombrink, Burget, Cernocky & Khudanpur (2011), by frequency.
    """
    roots = (counts + 1.0) ** 0.25
    before = np.cumsum(roots) - roots
    return renumbered((number * before / roots.sum()).astype(np.int64))


def split_large(classes: Classes) -> Classes:
    """Split the classes of more than twice the mean size, so that all are small.

    The parts follow the ids, so each holds words of about the same frequency.
    Shapes: (vocabulary,) -> (vocabulary,)
    """
    sizes = np.bincount(classes)
    largest = int(np.ceil(LARGEST * len(classes) / len(sizes)))
    part = places(classes) // largest
    return renumbered(classes * len(classes) + part)


def places(classes: Classes) -> Classes:
    """Give each word's place within its class, in the order of the ids."""
    order = np.argsort(classes, kind="stable")
    sizes = np.bincount(classes)
    first = np.repeat(np.cumsum(sizes) - sizes, sizes)
    result = np.empty_like(classes)
    result[order] = np.arange(len(classes)) - first
    return result


def renumbered(classes: Classes) -> Classes:
    """Number the classes that occur from 0 on, in the same order."""
    return np.unique(classes, return_inverse=True)[1].reshape(-1)
