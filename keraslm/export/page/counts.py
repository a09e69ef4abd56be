"""Stored n-grams as a page holds them, each number to the precision of float32."""

from typing import Any

from keraslm.counts.additive import AdditiveTable
from keraslm.counts.storage import to_arrays
from keraslm.counts.table import Table
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
    for name, numbers in to_arrays(table).items():
        packer.keep_exactly(name, numbers)
    described: dict[str, Any] = {
        "kind": "counts",
        "order": table.trie.order,
        "size": table.trie.vocabulary_size,
    }
    if isinstance(table, AdditiveTable):
        described["delta"] = table.delta
    return described
