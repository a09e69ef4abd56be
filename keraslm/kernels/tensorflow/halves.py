"""Two halves of a batch, computed at the same time by a program of XLA each."""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import keras
import tensorflow as tf

from keraslm.kernels.random import rows_from, rows_of
from keraslm.processor import bfloat16_units, processors

Half = tuple[list[Any], Any, dict[int, Any]]


def in_halves(
    loss_of: Callable[[Any], tuple[Any, Any]],
    update: Callable[[list[Any], Any], Any],
    weights: Sequence[Any],
    others: Sequence[Any],
    batch: Any,
) -> Any:
    """Give what `update` makes of the gradients of a loss, a sum over a batch's rows.

    `loss_of` is traced once, for half of the rows; it gives their share of the loss,
    and tensors by row, of which `update` is given those of all rows. The variables
    `others` are changed as one half changes them: random numbers are drawn for the
    whole batch, by both alike.

    Math:   dL/dw = dL_1/dw + dL_2/dw
    Shapes: `batch` and what `loss_of` tells: tensors (rows, ...); rows are even
    """
    rows = keras.tree.flatten(batch)[0].shape[0]

    def half(first: Any, weighed: list[Any], known: list[Any], batch: Any) -> Half:
        cut = functools.partial(rows_from, first, rows // 2)
        values = zip((*weights, *others), (*weighed, *known), strict=True)
        with tf.GradientTape() as tape:
            tape.watch(weighed)
            with keras.StatelessScope(list(values)) as scope, rows_of(first, rows):
                loss, told = loss_of(keras.tree.map_structure(cut, batch))
        now = map(scope.get_current_value, others)
        both = enumerate(zip(now, known, strict=True))
        changed = {number: new for number, (new, old) in both if new is not old}
        return list(map(_as_tensors, tape.gradient(loss, weighed))), told, changed

    def whole(one: Half, other: Half) -> Any:
        for number, value in one[2].items():
            others[number].assign(value)
        gradients = map(_sum, one[0], other[0], weights)
        told = keras.tree.map_structure(_joined, one[1], other[1])
        return update(list(gradients), told)

    given = (list(weights), list(others), batch)
    given = keras.tree.map_structure(tf.convert_to_tensor, given)
    run = _compiled(half)
    halves = [run(tf.constant(first), *given) for first in (0, rows // 2)]
    return _compiled(whole)(*halves)


def two_are_faster() -> bool:
    """Say whether two programs at once are: on two cores, as their flags tell.

    Without units for bfloat16, two cores share one program's products as well.
    """
    return (
        processors() > 1
        and bfloat16_units() is not None
        and tf.config.threading.get_inter_op_parallelism_threads() != 1
        and not tf.config.list_logical_devices("GPU")
        and not tf.distribute.has_strategy()
    )


def _compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    return tf.function(function, autograph=False, jit_compile=True)


def _as_tensors(gradient: Any) -> Any:
    """Give a gradient as tensors; that of an embedding is a row for each token."""
    if isinstance(gradient, tf.IndexedSlices):
        return gradient.values, gradient.indices
    return gradient


def _sum(a: Any, b: Any, weight: Any) -> Any:
    """Add two gradients."""
    if isinstance(a, tuple):
        return tf.IndexedSlices(*map(_joined, a, b), tf.constant(list(weight.shape)))
    return a if a is None else a + b


def _joined(a: Any, b: Any) -> Any:
    return tf.concat([a, b], 0)
