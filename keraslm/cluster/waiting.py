"""Waiting for the workers of a cluster: progress, and what went wrong, in one line."""

import asyncio
import concurrent.futures
import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from keraslm.cluster import tasks
from keraslm.cluster.parts import Piece
from keraslm.errors import ClusterError, KeraslmError, UsageError, in_short

Progress = Callable[[str, int, int], None]
LOOK = 0.02  # seconds between two looks at what is done
BETWEEN = 5  # seconds between two looks at the workers
PATIENCE = 60  # seconds that all workers may be away


def wait_for(client: Any, futures: Sequence[Any], label: str, tell: Progress) -> None:
    """Wait until all results are there, and tell how many are.

    Raises: KeraslmError as the step on the worker; ClusterError if workers are lost.
    """
    waiting, workers = list(futures), _Workers(client)
    with errors_in_a_line():
        while waiting:
            asked = [(future, future.done()) for future in waiting]
            for future, is_done in asked:
                if is_done and future.status != "finished":
                    future.result()
            waiting = [future for future, is_done in asked if not is_done]
            tell(label, len(futures) - len(waiting), len(futures))
            if waiting:
                workers.check()
                time.sleep(LOOK)


def in_turn(client: Any, futures: Sequence[Any]) -> Iterator[Any]:
    """Yield the results one by one; one that was lost is made again.

    Fetching one may take long, where workers died and where the network is slow: it
    goes on while the workers are looked at, and is not begun again.

    Raises: as `wait_for`
    """
    workers = _Workers(client)
    loop = client.loop.asyncio_loop
    for future in futures:
        fetching = asyncio.run_coroutine_threadsafe(_fetched(future), loop)
        try:
            with errors_in_a_line():
                while not fetching.done():
                    concurrent.futures.wait([fetching], timeout=BETWEEN)
                    workers.check()
                result = fetching.result()
        finally:
            fetching.cancel()
        yield result


async def _fetched(future: Any) -> Any:
    return await future


def check_files_on(client: Any, pieces: list[Piece]) -> None:
    """Refuse workers that cannot read the files of a text.

    Raises: UsageError
    """
    files = list({piece.path: piece for piece in pieces}.values())
    with errors_in_a_line():
        found = client.run(tasks.unreadable, files)
    wrong = {worker: why for worker, why in found.items() if why}
    for worker, why in wrong.items():
        others = f", and {len(wrong) - 1} more workers" if len(wrong) > 1 else ""
        raise UsageError(
            f"the worker {worker}{others} cannot read the text ({why}); put its files "
            "where every worker finds them under the same name"
        )


@contextlib.contextmanager
def errors_in_a_line() -> Iterator[None]:
    """Let what goes wrong on a cluster be one line; what a step refuses is one already.

    Raises: ClusterError
    """
    try:
        yield
    except KeraslmError:
        raise
    except ModuleNotFoundError as error:
        raise ClusterError(
            f"a worker has not all of keraslm ({error}); install the same version "
            "where the workers start"
        ) from error
    except (Exception, asyncio.CancelledError) as error:
        raise ClusterError(_told(error)) from error


def _told(error: BaseException) -> str:
    name = type(error).__name__
    if "Cancelled" in name or "CommClosed" in name:
        return "the scheduler of the cluster is gone; start it and the run again"
    if name == "KilledWorker":
        return (
            "workers died again and again while they counted the same part, as they do "
            "where memory is short; give them more, or fewer threads each"
        )
    if isinstance(error, MemoryError):
        return "the memory of a worker is used up; give it more, or fewer threads"
    return f"a worker failed: {in_short(error)}"


class _Workers:
    """Knows when a worker was last there."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._looked = self._seen = time.monotonic()

    def check(self) -> None:
        """Look now and then whether there are workers.

        Raises: ClusterError if there were none for long.
        """
        now = time.monotonic()
        if now - self._looked < BETWEEN:
            return
        self._looked = now
        if self._client.scheduler_info(n_workers=1)["workers"]:
            self._seen = now
        elif now - self._seen > PATIENCE:
            raise ClusterError(
                f"the cluster has had no workers for {PATIENCE} s; start some, and the "
                "run again"
            )
