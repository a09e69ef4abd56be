"""Units that are on exactly where a range of tokens is.

Math:   score_u = correlation over the tokens of v_u with 1 within the range, 0 without
References: Strobelt, Gehrmann, Pfister & Rush (2018), LSTMVis.
"""

from typing import Any

import numpy as np

from keraslm.inference.network import Array

SHOWN = 24
ON = 0.3


def on_exactly(
    values: Array, first: int, last: int, on: float = ON
) -> list[dict[str, Any]]:
    """Rank units by how well they tell the tokens first .. last from the others.

    `exact` says that |v| is at least `on` at every token of the range and at no other.
    Those that are exact come first, then by the size of the score.

    Shapes: values (tokens, units)
    """
    within = np.zeros(len(values), bool)
    within[first : last + 1] = True
    scores = correlations(values, within)
    is_on = np.abs(values) >= on
    exact = (is_on == within[:, None]).all(axis=0)
    order = np.lexsort((-np.abs(scores), ~exact))[:SHOWN]
    means = [
        values[where].mean(axis=0) if where.any() else None
        for where in (within, ~within)
    ]
    return [
        {
            "unit": int(u),
            "score": float(scores[u]),
            "exact": bool(exact[u]),
            "within": _at(means[0], u),
            "without": _at(means[1], u),
        }
        for u in order
    ]


def correlations(values: Array, within: Array) -> Array:
    """Give each unit's correlation with being within; 0 for what never changes.

    Shapes: (tokens, units), (tokens,) -> (units,) float64
    """
    v = values - values.mean(axis=0, dtype=np.float64)
    w = within - within.mean()
    size = np.sqrt((v**2).sum(axis=0) * (w**2).sum())
    return np.divide(w @ v, size, out=np.zeros(len(size)), where=size > 1e-12)


def _at(mean: Array | None, unit: int) -> float | None:
    return None if mean is None else float(mean[unit])
