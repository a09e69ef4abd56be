"""Which unit follows a property of the text that it reads.

A unit is judged by its correlation with a property. The best of many units looks better
than it is, so the second half of the text, on which none was chosen, is told apart.

References: Karpathy, Johnson & Fei-Fei (2015), units that count and units in quotes.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from keraslm.errors import UsageError
from keraslm.probes.text_properties import PROPERTIES
from keraslm.probes.units import Activations

Array = npt.NDArray[np.float64]


def property_of(tokens: Sequence[str], name: str) -> Array:
    """Give a property of each token, one of `PROPERTIES`.

    quote: 1 within quotation marks; bracket: how many are open; line-length,
    sentence-length, word-length: tokens since the last one ended; the others: 1 at such
    tokens. Shapes: (tokens,)
    Raises: UsageError for another name, or a property that does not vary in both halves
        of the text.
    """
    if name not in PROPERTIES:
        raise UsageError(
            f"a property is one of {', '.join(PROPERTIES)}; received {name!r}"
        )
    values = np.array(PROPERTIES[name](tokens))
    if any(not len(half) or half.min() == half.max() for half in _halves(values)):
        raise UsageError(
            f"{name} is the same at every token of half of this text, so that no unit "
            "can follow it; give a longer or another text"
        )
    return values


def rank_units(read: Activations, name: str) -> pd.DataFrame:
    """Rank units by how well they follow a property of the text that they read.

    The index is the unit. `correlation` is that on the first half of the text, by whose
    size they are ranked; `second half` that on the second.

    Math:   Pearson's r of a_t and p_t;  0 for a unit that holds one value
    Raises: UsageError as `property_of`.
    """
    wanted = property_of(read.tokens, name)
    pairs = zip(_halves(read.values), _halves(wanted), strict=True)
    first, second = (_correlations(values, half) for values, half in pairs)
    columns = {"correlation": first, "second half": second}
    table = pd.DataFrame(columns, pd.Index(read.units, name="unit"))
    order = np.argsort(-np.abs(first), kind="stable")
    return table.iloc[order]


def _halves(values: Array) -> tuple[Array, Array]:
    middle = len(values) // 2
    return values[:middle], values[middle:]


def _correlations(values: Array, wanted: Array) -> Array:
    """Shapes: values (tokens, units), wanted (tokens,) -> (units,)."""
    values, wanted = values - values.mean(axis=0), wanted - wanted.mean()
    sizes = np.linalg.norm(values, axis=0) * np.linalg.norm(wanted)
    found: Array = (wanted @ values) / np.where(sizes > 0, sizes, np.inf)
    return found
