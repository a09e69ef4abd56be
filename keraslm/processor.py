"""What the machine is made for, as far as nothing slow has to be imported."""

import ctypes
import os
import pathlib

DESCRIPTION = pathlib.Path("/proc/cpuinfo")
DRIVER = "libcuda.so.1"  # without it nothing computes on an NVIDIA GPU
UNITS = ("amx_bf16", "avx512_bf16")
"""What Linux calls the units that multiply numbers of bfloat16, the fastest first."""


def bfloat16_units() -> str | None:
    """Name the units of the processor that multiply numbers of bfloat16, if it has."""
    try:
        described = DESCRIPTION.read_text(encoding="ascii", errors="replace")
    except OSError:  # not Linux
        return None
    flags = described.split()
    return next((unit for unit in UNITS if unit in flags), None)


def processors() -> int:
    """Give how many processors this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def may_have_gpu() -> bool:
    """Say whether there is the driver of an NVIDIA GPU."""
    try:
        ctypes.CDLL(DRIVER)
    except OSError:
        return False
    return True
