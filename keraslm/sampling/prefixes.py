"""Where many histories begin alike: what was read once is gone on from."""

from collections import OrderedDict
from collections.abc import Callable, Sequence

from keraslm.sampling.stream import TokenStream


class Prefixes:
    """The streams after the histories that were asked for last.

        prefixes = Prefixes(model.stream)
        prefixes.after(ids)         # reads ids
        prefixes.after([*ids, 7])   # reads 7

    At most `kept` streams are held; the one that was unused for longest goes first.
    """

    def __init__(self, start: Callable[[], TokenStream], kept: int = 256) -> None:
        self._start, self._kept = start, kept
        self._streams: OrderedDict[tuple[int, ...], TokenStream] = OrderedDict()

    def __len__(self) -> int:
        return len(self._streams)

    def after(self, ids: Sequence[int]) -> TokenStream:
        """Give a stream of the caller's own that has read a history."""
        key = tuple(ids)
        read = self._longest(key)
        stream = self._streams[read].fork() if read is not None else self._start()
        if read != key:
            stream.extend(key[len(read or ()) :])
            self._streams[key] = stream.fork()
        self._streams.move_to_end(key)
        if len(self._streams) > self._kept:
            self._streams.popitem(last=False)
        return stream

    def _longest(self, key: tuple[int, ...]) -> tuple[int, ...] | None:
        """Find the longest history kept that this one begins with."""
        found = (kept for kept in self._streams if kept == key[: len(kept)])
        return max(found, key=len, default=None)
