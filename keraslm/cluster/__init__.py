"""Counting n-grams on many machines, with Dask."""

import contextlib
from collections.abc import Iterator

from keraslm.cluster.connection import check_address, connected, distributed
from keraslm.cluster.counting import ClusterCount, files_of
from keraslm.cluster.waiting import Progress
from keraslm.text.text import Text

__all__ = ["ClusterCount", "check_cluster", "count_on_cluster"]


def check_cluster(address: str, text: Text) -> None:
    """Refuse an address, or a text, that cannot be counted on a cluster.

    Raises: MissingExtra; UsageError
    """
    distributed()
    check_address(address)
    files_of(text)


@contextlib.contextmanager
def count_on_cluster(
    address: str, text: Text, progress: Progress
) -> Iterator[ClusterCount]:
    """Yield the count of a text on the cluster of a scheduler.

    Raises: as `connected` and `ClusterCount`
    """
    with connected(address) as client:
        yield ClusterCount(client, text, progress)
