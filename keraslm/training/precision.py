"""Which precision the products of a training step have where none is asked for."""

import os
import pathlib

PROCESSOR = pathlib.Path("/proc/cpuinfo")
UNITS = "amx_bf16"  # what Linux calls the units that multiply matrices of bfloat16


def usual_precision() -> str:
    """Give bfloat16 where the processor has units for it, else float32.

    Only on TensorFlow, whose compiler uses them.
    """
    if os.environ.get("KERAS_BACKEND", "tensorflow") != "tensorflow":
        return "float32"
    try:
        described = PROCESSOR.read_text(encoding="ascii", errors="replace")
    except OSError:  # not Linux
        return "float32"
    return "bfloat16" if UNITS in described.split() else "float32"
