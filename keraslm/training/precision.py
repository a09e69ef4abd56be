"""Which precision the products of a training step have where none is asked for."""

import os

from keraslm.processor import multiplies_bfloat16


def usual_precision() -> str:
    """Give bfloat16 where the processor has units for it, else float32.

    Only on TensorFlow, whose compiler uses them.
    """
    on_tensorflow = os.environ.get("KERAS_BACKEND", "tensorflow") == "tensorflow"
    return "bfloat16" if on_tensorflow and multiplies_bfloat16() else "float32"
