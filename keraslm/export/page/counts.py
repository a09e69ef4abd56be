"""Stored n-grams as a page holds them, each number to the precision of float32."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from keraslm.counts.additive import AdditiveTable
from keraslm.counts.table import BackoffTable, Table
from keraslm.errors import UsageError
from keraslm.export.page.numbers import Packer

LARGEST = 1_000_000  # n-grams, a page of some 15 megabytes


def pack_counts(table: Table, packer: Packer) -> dict[str, Any]:
    """Describe a table of n-grams and store its arrays.

    Raises: UsageError if there are more than a million n-grams.
    """
    sizes = table.sizes()
    if sum(sizes) > LARGEST:
        raise UsageError(
            f"a page holds at most {LARGEST:,} n-grams, and this model has "
            f"{sum(sizes):,}; train with a lower `order`, or `prune` rare ones"
        )
    for name, numbers in _arrays(table):
        packer.keep_exactly(name, numbers)
    described: dict[str, Any] = {
        "kind": "counts",
        "order": table.trie.order,
        "size": table.trie.vocabulary_size,
    }
    if isinstance(table, AdditiveTable):
        described["delta"] = table.delta
    return described


def _arrays(table: Table) -> Iterator[tuple[str, np.ndarray]]:
    """Yield what the page reads: of a history, how many children it has."""
    for n, level in enumerate(table.trie.levels[1:], start=2):
        yield f"words-{n}", np.asarray(level.words)
        yield f"children-{n}", np.diff(np.asarray(level.starts, dtype=np.int64))
    columns: dict[str, list[np.ndarray]] = {}
    if isinstance(table, AdditiveTable):
        columns = {"counts": table.counts}
    elif isinstance(table, BackoffTable):
        columns = {"log-p": table.log_p, "log-b": table.log_b}
        columns |= {} if table.counts is None else {"counts": table.counts}
    for name, orders in columns.items():
        for n, column in enumerate(orders, start=1):
            yield f"{name}-{n}", np.asarray(column)
