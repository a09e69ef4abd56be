"""What the machine is made for, as far as nothing slow has to be imported."""

import ctypes
import pathlib

DESCRIPTION = pathlib.Path("/proc/cpuinfo")
DRIVER = "libcuda.so.1"  # without it nothing computes on an NVIDIA GPU
UNITS = "amx_bf16"  # what Linux calls the units that multiply matrices of bfloat16


def multiplies_bfloat16() -> bool:
    """Say whether the processor has units that multiply matrices of bfloat16."""
    try:
        described = DESCRIPTION.read_text(encoding="ascii", errors="replace")
    except OSError:  # not Linux
        return False
    return UNITS in described.split()


def may_have_gpu() -> bool:
    """Say whether there is the driver of an NVIDIA GPU."""
    try:
        ctypes.CDLL(DRIVER)
    except OSError:
        return False
    return True
