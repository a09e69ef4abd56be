"""The ids that a layer looks up: whole numbers from 0 to the vocabulary's size."""

from typing import Any

import keras
from keras import ops

from keraslm.errors import UsageError
from keraslm.kernels.graph import has_values


def token_ids(ids: Any, vocabulary_size: int) -> tuple[Any, Any]:
    """Give ids of any numeric type as int32, and which of them the vocabulary has.

    A compiled graph, which cannot refuse an id, is given 0 in its place.

    Shapes: (..) -> int32 (..), bool (..)
    Raises: UsageError for an id outside the vocabulary.
    """
    ids = ops.convert_to_tensor(ids)
    if keras.backend.standardize_dtype(ids.dtype) not in ("int32", "int64"):
        ids = ops.cast(ids, "int32")
    inside = ops.logical_and(ids >= 0, ids < vocabulary_size)
    if has_values(ids):
        _check(ids, inside, vocabulary_size)
    return ops.cast(ops.where(inside, ids, 0), "int32"), inside


def nan_outside(rows: Any, inside: Any) -> Any:
    """Make the row of an id outside the vocabulary NaN, and no other word's.

    Shapes: rows (.., n), inside (..) -> (.., n)
    """
    return ops.where(inside[..., None], rows, ops.cast(float("nan"), rows.dtype))


def _check(ids: Any, inside: Any, vocabulary_size: int) -> None:
    inside = ops.convert_to_numpy(inside)
    if not inside.all():
        wrong = ops.convert_to_numpy(ids)[~inside].flat[0]
        raise UsageError(
            f"an id of a vocabulary of {vocabulary_size} tokens lies between 0 and "
            f"{vocabulary_size - 1}; received {wrong}"
        )
