"""Numbers that lie in a file instead of memory, and are read and written in stretches.

The file has no name from the start, so that it is gone with the process, however that
ends. It is read and written, not mapped: only what is asked for takes memory.
"""

import errno
import os
import pathlib
import tempfile
import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from keraslm.errors import KeraslmError

LONGEST = 1 << 18  # numbers of a block, which stay in the processor's cache
SHORTEST = 8
BYTES_OF_A_BLOCK = 1 << 10  # of memory, for each number of a block
BYTES_OF_A_KEY = 80  # of memory, to sort it and keep where it stood


class Workspace:
    """Where a computation keeps what its memory does not hold.

    Units: `memory` in bytes, for arrays; `block` and `sortable` in numbers
    """

    def __init__(
        self, memory: int, folder: str | os.PathLike[str] | None = None
    ) -> None:
        self.memory = memory
        self.folder = pathlib.Path(folder or tempfile.gettempdir())
        self.block = min(max(memory // BYTES_OF_A_BLOCK, SHORTEST), LONGEST)
        self.sortable = max(memory // BYTES_OF_A_KEY, SHORTEST)

    def new(self, dtype: npt.DTypeLike) -> "Spilled":
        """Make an empty array on the disk.

        Raises: KeraslmError if there is no place for it.
        """
        return Spilled(self, np.dtype(dtype))


class Spilled:
    """An array (n,) in a file; a slice of it, or its numbers at places, are in memory.

    Raises: KeraslmError that names the folder when the disk is full.
    """

    def __init__(self, workspace: Workspace, dtype: np.dtype[Any]) -> None:
        self.workspace = workspace
        self.dtype = dtype
        self._length = 0
        try:
            self._file = tempfile.TemporaryFile(  # noqa: SIM115 - lives as the array
                dir=workspace.folder, prefix=".keraslm-", buffering=0
            )
        except OSError as error:
            raise self._failed(error) from error
        self._closed = weakref.finalize(self, self._file.close)

    def __len__(self) -> int:
        return self._length

    @property
    def nbytes(self) -> int:
        """How many bytes the array has on the disk."""
        return self._length * self.dtype.itemsize

    def append(self, values: npt.NDArray[Any]) -> None:
        """Write numbers behind the last one."""
        self.write(self._length, values)

    def write(self, start: int, values: npt.NDArray[Any]) -> None:
        """Write numbers at a place, which may lie behind the end."""
        if not len(values):
            return
        data = np.ascontiguousarray(values, self.dtype).data.cast("B")
        try:
            self._file.seek(start * self.dtype.itemsize)
            while data:
                data = data[self._file.write(data) :]
        except OSError as error:
            raise self._failed(error) from error
        self._length = max(self._length, start + len(values))

    def read(self, start: int, stop: int) -> npt.NDArray[Any]:
        """Give the numbers from `start` up to, not including, `stop`."""
        found = np.empty(max(min(stop, self._length) - start, 0), self.dtype)
        left = found.data.cast("B") if len(found) else memoryview(b"")
        self._file.seek(start * self.dtype.itemsize)
        while left:
            size = self._file.readinto(left)
            if not size:
                raise KeraslmError(
                    f"a temporary file in {self.workspace.folder} was cut short"
                )
            left = left[size:]
        return found

    def blocks(self, size: int = 0) -> Iterator[npt.NDArray[Any]]:
        """Yield all numbers in their order."""
        size = size or self.workspace.block
        for start in range(0, self._length, size):
            yield self.read(start, min(start + size, self._length))

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            start, stop, _ = place.indices(self._length)
            return self.read(start, stop)
        if isinstance(place, np.ndarray):
            return self._at(place)
        place = int(place)
        place += self._length if place < 0 else 0
        return self.read(place, place + 1)[0]

    def _at(self, places: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Give the numbers at places in any order, each block of them read once."""
        places = np.where(places < 0, places + self._length, places)
        order = np.argsort(places, kind="stable")
        in_order = places[order]
        found = np.empty(len(places), self.dtype)
        block, done = self.workspace.block, 0
        while done < len(in_order):
            start = int(in_order[done])
            end = int(np.searchsorted(in_order, start + block))
            last = int(in_order[end - 1])
            values = self.read(start, last + 1)
            found[order[done:end]] = values[in_order[done:end] - start]
            done = end
        return found

    def __array__(self, *_: Any, **__: Any) -> npt.NDArray[Any]:
        raise TypeError("an array on the disk is read in slices, not as a whole")

    def close(self) -> None:
        """Give the room on the disk back, as when nobody holds the array any more."""
        self._closed()

    def _failed(self, error: OSError) -> KeraslmError:
        reason = error.strerror or str(error)
        if error.errno == errno.ENOSPC:
            reason += f" after {self.nbytes / 1e6:,.0f} MB of one array"
        return KeraslmError(
            f"cannot write temporary files to {self.workspace.folder} ({reason}); "
            "give `temporary` a folder with room"
        )


class InOrder:
    """Takes what comes in blocks of any length, so many numbers at a time."""

    def __init__(self, blocks: Iterator[npt.NDArray[Any]]) -> None:
        self._blocks = blocks
        self._kept: list[npt.NDArray[Any]] = []

    def take(self, count: int) -> npt.NDArray[Any]:
        """Give the next `count` numbers."""
        if not count:
            return np.zeros(0, np.int64)
        have = sum(map(len, self._kept))
        while have < count:
            self._kept.append(next(self._blocks))
            have += len(self._kept[-1])
        whole = np.concatenate(self._kept) if len(self._kept) != 1 else self._kept[0]
        self._kept = [whole[count:]]
        return whole[:count]
