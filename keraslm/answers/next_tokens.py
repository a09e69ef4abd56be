"""The tokens that may come next, by several models at once.

Math:   P_m(w | text) for each model m; q_m is what a sampler makes of it
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from keraslm.answers.place import Asked, Place
from keraslm.counts.derivation import derivation
from keraslm.counts.model import NgramModel
from keraslm.counts.stream import NgramStream
from keraslm.sampling.sampler import Sampler, pick
from keraslm.sampling.stream import without

TOP = 12


def next_tokens(
    models: Sequence[Asked], text: str, sampler: Sampler, point: float, top: int = TOP
) -> dict[str, Any]:
    """Give the union of each model's most probable tokens, with what all make of them.

    The models share one vocabulary. A column and its "others" sum to one. `point`, in
    [0, 1), is the random number: `drawn` is the token it falls on, and `start` where a
    token's part of the line from 0 to 1 begins, in the order of the ids.

    Shapes: tokens are rows; each has a value a model, None where a text is impossible
    """
    places = [model.place(text) for model in models]
    raw = [place.distribution() for place in places]
    known = [p for p in raw if p is not None]
    rows = union(known, top)
    pairs = list(zip(raw, places, strict=True))
    kept = [None if p is None else sampled(p, place, sampler) for p, place in pairs]
    vocabulary, ids = models[0].vocabulary, places[0].ids
    tokens = [
        {"token": vocabulary.token(i), "id": i, "piece": models[0].piece(ids, i)}
        for i in rows
    ]
    columns = [
        _column(place, p, q, rows, point)
        for place, p, q in zip(places, raw, kept, strict=True)
    ]
    return {
        "tokens": tokens,
        "columns": columns,
        "others": len(vocabulary) - len(rows),
        "unknown": places[0].unknown,
    }


def sampled(p: np.ndarray, place: Place, sampler: Sampler) -> np.ndarray:
    """Give what a sampler draws from; `<unk>` is never written."""
    with np.errstate(divide="ignore"):
        log_p = np.log(p)
    forbidden = place.asked.vocabulary.unknown_id
    return sampler.distribution(without(log_p, forbidden))


def union(distributions: Sequence[np.ndarray], top: int) -> list[int]:
    """Give the tokens that are among the best of any, the most probable first."""
    if not distributions:
        return []
    best = [np.argsort(-p, kind="stable")[:top] for p in distributions]
    union = np.unique(np.concatenate(best))
    highest = np.max([p[union] for p in distributions], axis=0)
    chosen: list[int] = union[np.argsort(-highest, kind="stable")].tolist()
    return chosen


def _column(
    place: Place,
    p: np.ndarray | None,
    q: np.ndarray | None,
    rows: list[int],
    point: float,
) -> dict[str, Any] | None:
    if p is None or q is None:
        return None
    ends, drawn = np.cumsum(q), pick(q, point)
    return {
        "p": p[rows].tolist(),
        "q": q[rows].tolist(),
        "start": (ends[rows] - q[rows]).tolist(),
        "others": max(1 - float(p[rows].sum()), 0.0),
        "others_q": max(1 - float(q[rows].sum()), 0.0),
        "kept": int(np.count_nonzero(q)),
        "drawn": {
            "token": place.asked.vocabulary.token(drawn),
            "piece": place.asked.piece(place.ids, drawn),
            "start": float(ends[drawn] - q[drawn]),
            "q": float(q[drawn]),
        },
        "parts": _parts(place, rows),
    }


def _parts(place: Place, rows: list[int]) -> list[list[dict[str, Any]]] | None:
    """Give where each probability comes from, for a model of counts."""
    model = place.asked.model
    if not isinstance(model, NgramModel) or not isinstance(place.stream, NgramStream):
        return None
    found = [derivation(model, place.stream, row) for row in rows]
    return [
        [
            {
                "order": p.order,
                "seen": p.is_seen,
                "count": p.count,
                "discount": p.discount,
                "total": p.total,
                "own": p.own,
                "weight": p.weight,
            }
            for p in parts
        ]
        for parts in found
    ]
