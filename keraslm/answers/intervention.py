"""What comes next without and with an intervention: two columns of probabilities."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from keraslm.answers.next_tokens import union
from keraslm.answers.pairs import divergence
from keraslm.answers.place import Asked
from keraslm.inference.network import Array, log_softmax

TOP = 12


def before_and_after(
    asked: Asked, ids: Sequence[int], before: Array, after: Array, top: int = TOP
) -> dict[str, Any]:
    """Give the next token's distribution by the logits before and after.

    `ids` are the boundary and what was read. The tokens are those that are among the
    most probable of either; a column and its "others" sum to one.

    Shapes: before, after (vocabulary,)
    Units: `bits`, KL(before || after); None where it is infinite
    """
    log_p, log_q = log_softmax(before), log_softmax(after)
    p, q = np.exp(log_p), np.exp(log_q)
    rows = union([p, q], top)
    token, text = asked.vocabulary.token, list(ids[1:])
    return {
        "tokens": [{"token": token(i), "piece": asked.piece(text, i)} for i in rows],
        "before": _column(p, rows),
        "after": _column(q, rows),
        "others": len(asked.vocabulary) - len(rows),
        "bits": divergence(log_p, log_q),
    }


def _column(p: Array, rows: list[int]) -> dict[str, Any]:
    return {"p": p[rows].tolist(), "others": max(1 - float(p[rows].sum()), 0.0)}
