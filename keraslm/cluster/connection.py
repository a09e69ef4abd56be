"""Finding a cluster's workers, and knowing that they count as this process does."""

import contextlib
import json
import logging
import os
import pathlib
import pkgutil
import signal
import threading
import warnings
from collections.abc import Iterator
from typing import Any

from keraslm.errors import ClusterError, MissingExtra, UsageError, first_line

LOCAL = "local"
PATIENCE = 10  # seconds for a scheduler to answer, and for a first worker to be there
# What must be the same everywhere: Python's tables of characters split and join them.
SAME = {
    "keraslm": "keraslm.version:__version__",
    "Unicode": "unicodedata:unidata_version",
}
LOGGERS = (
    "asyncio",
    "distributed",
    "distributed.client",
    "distributed.worker",
    "tornado",
    "tornado.application",
)


def distributed() -> Any:
    """Give Dask's package for clusters.

    Raises: MissingExtra if it is not installed.
    """
    try:
        import distributed
    except ImportError as error:
        raise MissingExtra("`cluster`", "cluster") from error
    return distributed


def check_address(address: str) -> None:
    """Refuse what is no address of a scheduler.

    Raises: UsageError
    """
    kind, _, workers = address.partition(":")
    if kind == LOCAL and (address == LOCAL or (workers.isdecimal() and int(workers))):
        return
    if address.endswith(".json"):
        if not pathlib.Path(address).is_file():
            raise UsageError(f"there is no file {address} that a scheduler wrote")
        return
    host, _, port = address.rpartition("://")[2].rpartition(":")
    is_port = port.isdecimal() and 0 < int(port) < 1 << 16
    if kind == "inproc" or (kind != LOCAL and host and is_port):
        return
    raise UsageError(
        "`cluster` must be local, local:N for N workers, the address HOST:PORT of a "
        f"scheduler, or the file .json that it wrote; received {address!r}"
    )


@contextlib.contextmanager
def connected(address: str) -> Iterator[Any]:
    """Yield a client of a cluster that has workers with this version of keraslm.

    Raises: MissingExtra; UsageError for a bad address; ClusterError if no scheduler
        answers, it has no workers, or some have another keraslm or none.
    """
    check_address(address)
    dask = distributed()
    with contextlib.ExitStack() as stack:
        stack.enter_context(_silenced())
        if address.partition(":")[0] == LOCAL:
            workers = int(address.partition(":")[2] or os.cpu_count() or 1)
            cluster = stack.enter_context(_local(dask, workers))
            address = cluster.scheduler_address
        client = stack.enter_context(_client(dask, address))
        check_workers(client)
        yield client


def check_workers(client: Any) -> None:
    """Refuse workers that are not there, or would count in another way.

    Raises: ClusterError
    """
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError as error:
        raise ClusterError(
            f"the scheduler at {client.scheduler.address} has no workers; start some: "
            f"dask worker {client.scheduler.address}"
        ) from error
    for name, place in SAME.items():
        mine = ours(place)
        found = client.run(pkgutil.resolve_name, place, on_error="return")
        for worker, theirs in found.items():
            if isinstance(theirs, Exception):
                raise ClusterError(
                    f"the worker {worker} has no {name} ({first_line(theirs)}); "
                    "install the same version of keraslm where the workers start"
                )
            if theirs != mine:
                raise ClusterError(
                    f"the worker {worker} has {name} {theirs}, and this process has "
                    f"{mine}; install the same versions everywhere"
                )


def ours(place: str) -> Any:
    """Give the version at a place, as a worker does."""
    return pkgutil.resolve_name(place)


def threads(client: Any) -> int:
    """How many parts are counted at once."""
    return max(sum(client.nthreads().values()), 1)


@contextlib.contextmanager
def _local(dask: Any, workers: int) -> Iterator[Any]:
    with _ignored_interrupts():
        started = dask.LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,
            preload=["keraslm.cluster.interrupts"],
        )
    with started as cluster:
        yield cluster


@contextlib.contextmanager
def _ignored_interrupts() -> Iterator[None]:
    """Ignore Ctrl-C while workers start, who inherit that: it is for the run to hear.

    A terminal sends the signal to all processes; the run ends its workers.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def _client(dask: Any, address: str) -> Iterator[Any]:
    given: dict[str, Any] = {"address": address}
    if address.endswith(".json"):
        given = {"address": _address_in(pathlib.Path(address))}
    try:
        client = dask.Client(**given, timeout=PATIENCE, set_as_default=False)
    except Exception as error:  # an address of another kind may raise any
        raise ClusterError(
            f"no scheduler answers at {given['address']} "
            f"({first_line(error)[:120]}); start one: dask scheduler"
        ) from error
    with client:
        yield client


def _address_in(file: pathlib.Path) -> str:
    """Read the address from what a scheduler wrote.

    Raises: UsageError
    """
    try:
        return str(json.loads(file.read_text(encoding="utf-8"))["address"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{file} is no file that a scheduler wrote; start it with the argument "
            "scheduler-file, and give that file"
        ) from error


@contextlib.contextmanager
def _silenced() -> Iterator[None]:
    """Keep what Dask logs and warns of from the user: errors are told in a line."""
    loggers = [logging.getLogger(name) for name in LOGGERS]
    before = [list(logger.handlers) for logger in loggers]
    for logger in loggers:
        logger.handlers = [logging.NullHandler()]
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module="distributed")
            warnings.filterwarnings("ignore", message="Sending large graph")
            yield
    finally:
        for logger, handlers in zip(loggers, before, strict=True):
            logger.handlers = handlers
