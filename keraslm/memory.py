"""How much memory a run may take: what the user says, or what is free."""

import contextlib
import os
import pathlib
import re

from keraslm.errors import UsageError

UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
LARGEST = 1 << 50
SHARE = 0.6  # of the memory that is free, which a run takes if it is not told
LATER = 144 << 20  # addresses that NumPy and the picture take after the counts
UNKNOWN = 1 << 30  # bytes, where the system does not say what is free
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?", re.IGNORECASE)
_CGROUPS = (  # the limit, and what is used of it, of version 2 and of version 1
    ("memory.max", "memory.current"),
    ("memory.limit_in_bytes", "memory.usage_in_bytes"),
)


def parse_size(text: str) -> int:
    """Read "2G" as 2^31 bytes; units are K, M, G and T, each 1024 of the one before.

    Raises: UsageError for anything else.
    """
    match = _SIZE.fullmatch(text.strip())
    size = float(match[1]) * UNITS[match[2].upper()] if match else 0.0
    if not 1 <= size <= LARGEST:
        raise UsageError(
            "`memory` must be a size such as 500M, 2G or 1.5T (units K, M, G, T); "
            f"received {text!r}"
        )
    return round(size)


def in_words(size: float) -> str:
    """Write a size with its unit: 2 GB, 64 MB; a unit is 1024 of the one before."""
    power = min(max(int(size).bit_length() - 1, 0) // 10, 4)
    size /= 1 << 10 * power
    digits = f"{size:.3g}" if size < 999.5 else f"{size:.0f}"
    return f"{digits} {('bytes', 'KB', 'MB', 'GB', 'TB')[power]}"


def free_memory() -> int:
    """Give how many bytes this process may still take.

    The least of what is free on the machine, in its group of processes, and by the
    limit of its addresses (`ulimit -v`).
    """
    return min([_free_of_machine(), *_free_of_groups(), *_free_addresses()])


def usual_memory() -> int:
    """Give the share of the free memory that a run takes."""
    return int(free_memory() * SHARE)


def _free_of_machine() -> int:
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in pathlib.Path("/proc/meminfo").read_text("ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) << 10
    with contextlib.suppress(OSError, ValueError, AttributeError):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    return UNKNOWN


def _free_of_groups() -> list[int]:
    """Give what is left of the limits of the groups of processes that this one is in.

    Files that the system keeps in memory count as used, and are given up for others.
    """
    found = []
    for folder in _groups():
        for limit, used in _CGROUPS:
            with contextlib.suppress(OSError, ValueError):
                most = int((folder / limit).read_text("ascii"))
                now = int((folder / used).read_text("ascii"))
                stat = (folder / used).with_name("memory.stat").read_text("ascii")
                found.append(max(most - now + _given_up(stat), 0))
    return found


def _given_up(stat: str) -> int:
    """Give the bytes of files in memory; those of a tmpfs have no other place."""
    lines = dict(line.split() for line in stat.splitlines())
    if "total_cache" in lines:  # version 1
        return int(lines["total_cache"]) - int(lines.get("total_shmem", 0))
    return int(lines.get("file", 0)) - int(lines.get("shmem", 0))


def _groups(
    root: str = "/sys/fs/cgroup", told: str = "/proc/self/cgroup"
) -> list[pathlib.Path]:
    """Give the folders of the groups that this process is in, of either version."""
    tops = pathlib.Path(root), pathlib.Path(root) / "memory"
    inner = ["", ""]
    with contextlib.suppress(OSError):
        for line in pathlib.Path(told).read_text("utf-8").splitlines():
            number, names, place = line.split(":", 2)
            if number == "0":
                inner[0] = place.strip("/")
            elif "memory" in names.split(","):
                inner[1] = place.strip("/")
    found = []
    for top, place in zip(tops, inner, strict=True):
        below = top / place
        outer = [folder for folder in below.parents if folder.is_relative_to(top)]
        found += [below, *outer]
    return found


def _free_addresses() -> list[int]:
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        most, _ = resource.getrlimit(resource.RLIMIT_AS)
        if most != resource.RLIM_INFINITY:
            pages = int(pathlib.Path("/proc/self/statm").read_text("ascii").split()[0])
            used = pages * os.sysconf("SC_PAGE_SIZE") + LATER
            return [max(most - used, 0)]
    return []
