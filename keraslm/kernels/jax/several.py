"""Several devices, of several processes, on JAX."""

import contextlib
import math
from collections.abc import Iterator
from typing import Any

import jax
import numpy as np
from jax.experimental import multihost_utils

VERSION: str = jax.__version__


def meet(address: str, count: int, index: int, bind: str | None, wait: float) -> None:
    """Let the processes open their connections to each other.

    It is what `keras.distribution.initialize` does, with a limit of seconds and the
    address at which the first of them listens, where that is not all of its machine.
    """
    jax.distributed.initialize(
        address,
        count,
        index,
        initialization_timeout=math.ceil(wait),
        coordinator_bind_address=bind,
    )
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

    The model's are copies, since Keras gives the memory of what it computes with away.
    """
    model.jax_state_sync()
    own = list(model.variables)
    others = getattr(getattr(model, "optimizer", None), "variables", [])
    before = [(v, v._value, v._layout) for v in _once([*own, *others])]
    copied = {id(variable) for variable in own}
    for variable, value, _ in before:
        here = value.addressable_data(0)
        variable._layout = None
        variable._value = jax.numpy.copy(here) if id(variable) in copied else here
    try:
        yield
    finally:
        for variable, value, layout in before:
            variable._value, variable._layout = value, layout


def _once(variables: list[Any]) -> list[Any]:
    return list({id(variable): variable for variable in variables}.values())
