"""Which precision the products of a training step have where none is asked for."""

import os

from keraslm.processor import bfloat16_units, may_have_gpu


def usual_precision() -> str:
    """Give bfloat16 where the processor has units for it, else float32.

    Only on TensorFlow, whose compiler uses them, and where no GPU computes instead.
    """
    on_tensorflow = os.environ.get("KERAS_BACKEND", "tensorflow") == "tensorflow"
    if not on_tensorflow or bfloat16_units() is None:
        return "float32"
    return "float32" if _on_a_gpu() else "bfloat16"


def why_bfloat16() -> str:
    """Say why products have factors of bfloat16 where no precision was asked for."""
    return (
        f"large products in bfloat16, for which this processor has {bfloat16_units()}; "
        "`precision` sets another"
    )


def _on_a_gpu() -> bool:
    if not may_have_gpu():  # TensorFlow, which knows, takes seconds to be imported
        return False
    from keraslm.kernels.gpu import has_gpu

    return has_gpu()
