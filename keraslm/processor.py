"""What the processor is made for."""

import pathlib

DESCRIPTION = pathlib.Path("/proc/cpuinfo")
UNITS = "amx_bf16"  # what Linux calls the units that multiply matrices of bfloat16


def multiplies_bfloat16() -> bool:
    """Say whether the processor has units that multiply matrices of bfloat16."""
    try:
        described = DESCRIPTION.read_text(encoding="ascii", errors="replace")
    except OSError:  # not Linux
        return False
    return UNITS in described.split()
