"""Several devices, of several processes, on JAX."""

import contextlib
from collections.abc import Iterator
from typing import Any

import jax
import numpy as np
from jax.experimental import multihost_utils


def meet() -> None:
    """Let the processes open their connections to each other."""
    multihost_utils.sync_global_devices("keraslm")


def part() -> None:
    """Take leave of the other processes."""
    jax.distributed.shutdown()


def own_share(mesh: Any, rows: int) -> slice:
    """Give the rows of the devices of this process, which stand side by side."""
    devices = list(mesh.devices.flat)
    own = [k for k, d in enumerate(devices) if d.process_index == jax.process_index()]
    share = rows // len(devices)
    return slice(own[0] * share, (own[-1] + 1) * share)


def constrained(x: Any, layout: Any) -> Any:
    """Lay out a tensor of a step that is being compiled; others stay as they are."""
    if not isinstance(x, jax.core.Tracer):
        return x
    return jax.lax.with_sharding_constraint(x, layout)


def everywhere(value: float, variable: Any) -> Any:
    """Give a number as an array that every device has."""
    like = variable.value
    own = np.full(like.shape, value, like.dtype)
    return jax.make_array_from_process_local_data(like.sharding, own, like.shape)


@contextlib.contextmanager
def own_values(model: Any) -> Iterator[None]:
    """Let the variables have their numbers on one device of this process alone.

    Those are there already, so nothing is copied.
    """
    model.jax_state_sync()
    optimizer = getattr(model, "optimizer", None)
    kept = [*model.variables, *getattr(optimizer, "variables", [])]
    variables = list({id(variable): variable for variable in kept}.values())
    before = [(v, v._value, v._layout) for v in variables]
    for variable, value, _ in before:
        variable._layout = None
        variable._value = value.addressable_data(0)
    try:
        yield
    finally:
        for variable, value, layout in before:
            variable._value, variable._layout = value, layout
