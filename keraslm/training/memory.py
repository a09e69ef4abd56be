"""Memory that is freed after a step is kept for the next one.

The C library gives large blocks back to the system and asks for them again at every
step; each page is then cleared anew, which can take half of a step's time.
"""

import contextlib
import ctypes
import functools
import gc
import sys

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # the names of glibc's malloc.h
_LARGEST = 2**30  # bytes


@functools.cache
def keep_freed_memory() -> None:
    """Tell glibc to keep freed blocks; another C library is left as it is.

    A block that was kept has room for one of its size or less, so what was needed once,
    to compile the first step, is given back before.
    """
    give_back_memory()
    if sys.platform != "linux":
        return
    with contextlib.suppress(OSError, AttributeError):
        library = ctypes.CDLL("libc.so.6")
        library.mallopt(_MMAP_THRESHOLD, _LARGEST)
        library.mallopt(_TRIM_THRESHOLD, 2 * _LARGEST - 1)


def give_back_memory() -> None:
    """Free objects that only refer to each other, and give all freed blocks back."""
    gc.collect()
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL("libc.so.6").malloc_trim(0)
