"""The model file of a table on the disk, written array by array in blocks."""

import os
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

from keraslm.counts.on_disk.places import blocks_of
from keraslm.counts.table import BackoffTable, Table
from keraslm.files.archive import ARRAYS, DESCRIPTION, describe
from keraslm.files.spilled import Spilled
from keraslm.files.writing import write_atomically


class Member(NamedTuple):
    """An array of a model file; `blocks` are its numbers in their order."""

    dtype: np.dtype[Any]
    length: int
    blocks: Iterable[np.ndarray]


def write_on_disk(
    path: str | os.PathLike[str], description: dict[str, Any], table: Table
) -> None:
    """Write a description and a table as one file, atomically, and never a whole array.

    The bytes are those that `archive.write_model` gives the same table in memory.
    """
    with write_atomically(path) as temporary, zipfile.ZipFile(temporary, "w") as file:
        file.writestr(_info(DESCRIPTION, zipfile.ZIP_DEFLATED), describe(description))
        for name, member in _members(table):
            info = _info(f"{ARRAYS}{name}.npy", zipfile.ZIP_STORED)
            info.file_size = member.length * member.dtype.itemsize
            head: dict[str, Any] = {"descr": member.dtype.str, "fortran_order": False}
            with file.open(info, "w") as out:
                shape = {"shape": (member.length,)}
                np.lib.format.write_array_header_1_0(out, head | shape)
                for block in member.blocks:
                    out.write(block.astype(member.dtype, copy=False).data)


def _info(name: str, packing: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)  # dated 1980: the same model, the same bytes
    info.external_attr = 0o644 << 16
    info.compress_type = packing
    return info


def _members(table: Table) -> Iterator[tuple[str, Member]]:
    """Yield the arrays of `storage.to_arrays`, in the same order."""
    for n, level in enumerate(table.trie.levels[1:], start=2):
        words, children = _words_and_children(level)
        yield f"words-{n}", _smallest(words)
        yield f"children-{n}", _smallest(children)
        words.close()
        children.close()
    counts = getattr(table, "counts", None) or []
    for n, column in enumerate(counts, start=1):
        yield f"counts-{n}", _smallest(column)
    if isinstance(table, BackoffTable):
        for name, columns in (("log-p", table.log_p), ("log-b", table.log_b)):
            for n, column in enumerate(columns, start=1):
                kept = Member(column.dtype, len(column), blocks_of(column))
                yield f"{name}-{n}", kept


def _words_and_children(level: Any) -> tuple[Spilled, Spilled]:
    """Give the last words, and how many of them each history has."""
    new = level.keys.workspace.new
    words, children = new(np.int64), new(np.int64)
    for some in level.families():
        words.append(some.level.words)
        children.append(np.diff(some.level.starts))
    return words, children


def _smallest(values: Any) -> Member:
    largest = max((int(block.max(initial=0)) for block in blocks_of(values)), default=0)
    return Member(np.min_scalar_type(largest), len(values), blocks_of(values))
