"""A table of n-grams as the arrays of its file, which are used where they lie.

Of every order n from 2 up, words-n has the last words, sorted within their history,
and starts-n the place of each history's first, and last their number. Beside them lie
log-p-n and log-b-n, and counts-n where they are known; of additive smoothing counts-n,
and totals-n, the sums c(h). A quantised table has codes and the centres that they stand
for instead; codes, words and starts are bit-packed.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np

from keraslm.counts.additive import AdditiveTable
from keraslm.counts.columns import in_blocks
from keraslm.counts.packed import bits_for, pack
from keraslm.counts.quantize import Coded, Quantized
from keraslm.counts.table import BackoffTable, Table
from keraslm.counts.trie import Level
from keraslm.files.members import Blocks

Members = dict[str, np.ndarray | Blocks]


def to_members(table: Table) -> Members:
    """Give the arrays that are stored, block by block, so that none is made whole.

    Integers have the smallest type that holds them, or in a quantised table the fewest
    bits.
    """
    packed = isinstance(table, Quantized)
    members = _trie(table.trie.levels, packed)
    if isinstance(table, AdditiveTable):
        members |= _numbered("counts", map(_smallest, table.counts))
        return members | _numbered("totals", map(_smallest, table.totals))
    if not isinstance(table, BackoffTable):
        raise TypeError(f"a table of n-grams was expected; received {type(table)}")
    if table.counts is not None:
        members |= _numbered("counts", map(_smallest, table.counts))
    for name, columns in (("log-p", table.log_p), ("log-b", table.log_b)):
        for n, column in enumerate(columns, start=1):
            members |= _logarithms(f"{name}-{n}", column)
    return members


def described(table: Table) -> dict[str, Any]:
    """Give what a file's description says of its arrays.

    `ngrams` are the n-grams of each order that are stored, seen or not.
    """
    known: dict[str, Any] = {"ngrams": [len(level) for level in table.trie.levels]}
    if isinstance(table, Quantized):
        known["quantized"] = {"bits": table.bits, "rounding": table.rounding}
    return known


def _trie(levels: list[Level], packed: bool) -> Members:
    members: Members = {}
    for n, level in enumerate(levels[1:], start=2):
        size, histories = level.vocabulary_size, level.histories + 1
        parts = {
            f"words-{n}": (level.word_blocks(), len(level), size - 1),
            f"starts-{n}": (level.start_blocks(), histories, len(level)),
        }
        for name, part in parts.items():
            members[name] = _packed(*part) if packed else _whole(*part)
    return members


def _whole(blocks: Iterable[np.ndarray], length: int, largest: int) -> Blocks:
    return Blocks(np.min_scalar_type(largest), length, blocks)


def _packed(blocks: Iterable[np.ndarray], length: int, largest: int) -> Blocks:
    return pack(blocks, bits_for(largest), length)


def _logarithms(name: str, column: Any) -> Members:
    if not isinstance(column, Coded):
        return {name: Blocks(np.dtype("<f8"), len(column), in_blocks(column))}
    bits = bits_for(len(column.book.centres) - 1)
    codes = pack(in_blocks(column.codes), bits, len(column))
    return {f"centres-{name}": column.book.centres, f"codes-{name}": codes}


def _smallest(values: Any) -> Blocks:
    largest = max((int(block.max()) for block in in_blocks(values)), default=0)
    return Blocks(np.min_scalar_type(largest), len(values), in_blocks(values))


def _numbered(name: str, arrays: Iterable[Any]) -> Members:
    return {f"{name}-{n}": array for n, array in enumerate(arrays, start=1)}
