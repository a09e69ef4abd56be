"""Which precision the products of a training step have where none is asked for."""

import os

from keraslm.processor import may_have_gpu, multiplies_bfloat16


def usual_precision() -> str:
    """Give bfloat16 where the processor has units for it, else float32.

    Only on TensorFlow, whose compiler uses them, and where no GPU computes instead.
    """
    on_tensorflow = os.environ.get("KERAS_BACKEND", "tensorflow") == "tensorflow"
    if not (on_tensorflow and multiplies_bfloat16()):
        return "float32"
    return "float32" if _on_a_gpu() else "bfloat16"


def _on_a_gpu() -> bool:
    if not may_have_gpu():  # TensorFlow, which knows, takes seconds to be imported
        return False
    from keraslm.kernels.gpu import has_gpu

    return has_gpu()
