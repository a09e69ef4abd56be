"""Tables of n-grams as versions 1 and 2 of the format stored them.

Instead of where the n-grams of each history start, children-n says how many it has.
"""

import numpy as np

from keraslm.counts.opening import Arrays


def upgraded(
    arrays: Arrays, order: int, vocabulary_size: int
) -> tuple[dict[str, np.ndarray], list[int]]:
    """Give the arrays of today's format, and how many n-grams each order has.

    Raises: ValueError if an order's children are missing, or are not one whole number
        a history.
    """
    found, ngrams = dict(arrays), [vocabulary_size]
    for n in range(2, order + 1):
        name = f"children-{n}"
        if name not in found:
            raise ValueError(f"{name} is missing")
        children = found.pop(name)
        if children.shape != (ngrams[-1],) or children.dtype.kind not in "iu":
            raise ValueError(
                f"{name} has {children.shape} of {children.dtype}, not the "
                f"{ngrams[-1]} numbers it must have"
            )
        if len(children) and not 0 <= children.min() <= children.max() <= ngrams[0]:
            raise ValueError(f"{name} has a number that is not 0 .. {ngrams[0]}")
        starts = np.concatenate([[0], np.cumsum(children, dtype=np.int64)])
        found[f"starts-{n}"] = starts
        ngrams.append(int(starts[-1]))
    return found, ngrams
