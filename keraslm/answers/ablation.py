"""Which units the next token depends on: each one of a layer is silenced in turn.

Math:   h_u = 0;   change_u = KL(P(. | text) || P(. | text, without unit u))
References: Li, Monroe & Jurafsky (2016), erasure.
"""

import time
from collections.abc import Sequence

import numpy as np

from keraslm import measures
from keraslm.answers.forcing import Put, Step, values_of_step
from keraslm.answers.reading import Inside
from keraslm.inference.network import Array, log_softmax

ROWS = 256  # units that are silenced in the rows of one product
STEPS = 8  # tokens; if more are read again, fewer units are in one product


def ablations(
    inside: Inside,
    ids: Sequence[int],
    steps: Sequence[Step],
    layer: int,
    start: int,
    first: int = 0,
    seconds: float | None = None,
) -> Array:
    """Give the change for each unit of a layer, from the unit `first` on.

    h_u is 0 for the layers above, and for the layer itself, from the token `start` on.
    After so many seconds no further units are begun: the result is then shorter. Single
    precision tells changes from about 1e-6 bits on.

    Shapes: ids (tokens,), `steps` those of the ids -> (units,) or fewer, in bits
    """
    rows = max(ROWS * STEPS // max(len(ids) - start, STEPS), 1)
    units = inside.network.cells[layer - 1].units
    begun = time.perf_counter()
    found = [np.zeros(0)]
    for low in range(first, units, rows):
        late = seconds is not None and time.perf_counter() - begun > seconds
        if late and low > first:
            break
        silenced = np.arange(low, min(low + rows, units))
        found.append(_changes(inside, ids, steps, layer, start, silenced))
    return np.concatenate(found)


def _changes(
    inside: Inside,
    ids: Sequence[int],
    steps: Sequence[Step],
    layer: int,
    start: int,
    silenced: Array,
) -> Array:
    """Give the changes of some units, a row each; the row before them changes none."""
    rows = np.arange(1, len(silenced) + 1)
    puts = {layer - 1: [Put("h", (rows, silenced), 0.0)]}
    before = steps[start - 1] if start else None
    for vector in inside.vectors(ids, start):
        x = np.tile(vector, (len(rows) + 1, 1))
        before = step = values_of_step(inside.network, x, before, puts, inside.names)
    logits = inside.logits(ids, step.shown)
    return measures.bits(divergences(logits[0], logits[1:]))


def divergences(logits: Array, others: Array) -> Array:
    """Give KL(P || Q) of the distributions of logits, for each row of others.

    Math:   sum_w p_w (l_w - l'_w) + log sum_w p_w exp(l'_w - l_w)
    which is small where the differences are small, without the rounding of log P.

    Shapes: (vocabulary,), (rows, vocabulary) -> (rows,) float64, in nats
    """
    p = np.exp(log_softmax(logits)).astype(logits.dtype)
    change = others - logits
    mean = change @ p
    most = change.max(axis=-1, keepdims=True)
    change -= most
    np.exp(change, out=change)
    nats = np.log(change @ p) + most[:, 0] - mean
    return np.maximum(nats.astype(np.float64), 0)
