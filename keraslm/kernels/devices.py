"""Data parallelism: the rows of a batch are shared out among devices.

Each device has all weights, reads its own rows, and the gradients are added up. The
carried states are those of all rows, in every device; a step reads those of its rows.
Keras's distribution does it, on JAX: what is done here is done by `keras.distribution`,
for any `fit` under `keras.distribution.set_distribution(DataParallel(...))`.
References: Dean et al. (2012); Goyal et al. (2017).
"""

import contextlib
import socket
from collections.abc import Iterator
from typing import Any

import keras

from keraslm.errors import TrainingError, UsageError, in_short
from keraslm.processes import Processes


def _distribution() -> Any:
    """Give the distribution that is set on JAX, or None."""
    is_jax = keras.backend.backend() == "jax"
    return keras.distribution.distribution() if is_jax else None


@contextlib.contextmanager
def data_parallel() -> Iterator[int]:
    """Share the rows of batches among all devices of all processes; give their number.

    What is built within is known to all of them.
    """
    shared = keras.distribution.DataParallel(auto_shard_dataset=False)
    with shared.scope():
        yield shared.num_model_replicas


def versions() -> dict[str, str]:
    """Give the versions that all processes must have alike."""
    from keraslm.kernels.jax.several import VERSION

    return {"version of keras": keras.__version__, "version of jax": VERSION}


def start(p: Processes, port: int, seed: int) -> None:
    """Let JAX compute with other processes; the first listens at a port of its own.

    Raises: TrainingError if they do not reach each other in time.
    """
    from keraslm.kernels.jax.several import meet

    keras.utils.set_random_seed(seed)  # in each process the same
    bind = p.at(port) if p.own_host else None  # else all of the machine
    try:
        meet(p.at(port), p.count, p.index, bind, p.wait)
    except RuntimeError as error:
        if "before any JAX" in str(error) or "only be called once" in str(error):
            raise UsageError(
                "several processes must meet before a program computes with JAX, and "
                "once: start each training in a program of its own"
            ) from error
        raise TrainingError(
            "JAX cannot connect the processes: the name of each machine, here "
            f"{socket.gethostname()}, must lead to an address that the others reach, "
            f"and the ports between them must be open ({in_short(error)})"
        ) from error


def stop() -> None:
    """Let JAX compute alone again; all processes call it at about the same time."""
    from keraslm.kernels.jax.several import part

    part()


def own_rows(rows: int) -> slice | None:
    """Give the rows of a batch that this process reads; None where it reads all.

    Raises: UsageError if the devices cannot share them out evenly.
    """
    shared = _distribution()
    if shared is None:
        return None
    devices = shared.num_model_replicas
    if rows % devices:
        raise UsageError(
            f"the {devices} devices read equally many rows of a batch; received "
            f"{rows} rows: give a `batch_size` that is a multiple of {devices}, and a "
            "text that fills it"
        )
    if shared.num_processes == 1:
        return None
    from keraslm.kernels.jax.several import own_share

    return own_share(shared.device_mesh.backend_mesh, rows)


def by_rows(x: Any) -> Any:
    """Let each device compute with its rows of a tensor (batch, ...) from here on."""
    shared = _distribution()
    if shared is None:
        return x
    from keraslm.kernels.jax.several import constrained

    return constrained(x, shared.get_data_layout(x.shape).backend_layout)


def assign(variable: Any, value: float) -> None:
    """Assign a number that every process knows.

    Keras would let the processes compare it, which takes longer than a small step.
    """
    shared = _distribution()
    if shared is None or shared.num_processes == 1:
        variable.assign(value)
        return
    from keraslm.kernels.jax.several import everywhere

    variable.assign(everywhere(value, variable))


@contextlib.contextmanager
def locally(model: Any) -> Iterator[None]:
    """Let a model be this process's own for a while, on its first device.

    What is computed with it then needs no other process; what is changed is put back.
    """
    shared = _distribution()
    if shared is None:
        yield
        return
    from keraslm.kernels.jax.several import own_values

    with own_values(model):
        keras.distribution.set_distribution(None)
        try:
            yield
        finally:
            keras.distribution.set_distribution(shared)
