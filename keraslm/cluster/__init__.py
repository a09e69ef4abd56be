"""Counting n-grams on many machines, with Dask."""

import contextlib
from collections.abc import Iterator

from keraslm.cluster.connection import check_address, connected, distributed
from keraslm.cluster.counting import ClusterCount, files_of
from keraslm.cluster.waiting import Progress
from keraslm.text.text import Text

__all__ = ["ClusterCount", "check_cluster", "count_on_cluster"]


def check_cluster(address: str) -> None:
    """Refuse what cannot be a cluster's address, before any work.

    Raises: MissingExtra; UsageError
    """
    distributed()
    check_address(address)


@contextlib.contextmanager
def count_on_cluster(
    address: str, text: Text, order: int, progress: Progress
) -> Iterator[ClusterCount]:
    """Yield the count of a text on the cluster of a scheduler.

    Raises: UsageError if the text lies in no file; as `connected` and `ClusterCount`
    """
    files_of(text)
    with connected(address) as client:
        yield ClusterCount(client, text, order, progress)
