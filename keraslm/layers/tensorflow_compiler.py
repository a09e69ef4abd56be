"""What XLA is told before it compiles the first program of a process."""

import functools
import os

import tensorflow as tf

from keraslm.processor import multiplies_bfloat16

VARIABLE = "XLA_FLAGS"
WIDTH = "--xla_cpu_prefer_vector_width"
TRIED = "2.21."  # XLA ends the process at the name of a setting that it lacks


@functools.cache
def prefer_wide_vectors() -> None:
    """Let XLA use vectors of 512 bits, where it takes 256 by itself.

    Older processors slow down for them; those that multiply matrices of bfloat16 do
    not. What the user has set stays.
    """
    said = os.environ.get(VARIABLE, "")
    if WIDTH in said or not tf.__version__.startswith(TRIED):
        return
    if multiplies_bfloat16():
        os.environ[VARIABLE] = f"{said} {WIDTH}=512".strip()
