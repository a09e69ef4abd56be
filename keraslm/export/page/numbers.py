"""Numbers as a page holds them: float16, int8 with scales, and integers.

Math:   float16:    w to 11 significant bits
        int8:       w = s c,   c = round(w / s) in -127 .. 127,   s = max |w| / 127
        s of each row, or of each column where rows are short; biases are float16
"""

import base64
from typing import Any

import numpy as np
import numpy.typing as npt

from keraslm.errors import UsageError

Array = npt.NDArray[Any]

PRECISIONS = ("float16", "int8")
LONG_ROW = 128  # numbers, beside which the four bytes of a scale are few
LEVELS = 127


class Packer:
    """Collects arrays; gives each back as the page will read it.

    Raises: UsageError for an unknown precision.
    """

    def __init__(self, precision: str) -> None:
        if precision not in PRECISIONS:
            raise UsageError(
                f"`weights` must be one of {', '.join(PRECISIONS)}; "
                f"received {precision!r}"
            )
        self.precision = precision
        self.arrays: list[dict[str, Any]] = []
        self._bytes = bytearray()

    def keep(self, name: str, weights: Array, transposed: bool = False) -> Array:
        """Round weights and store them; give the rounded ones.

        `transposed` stores W^T, whose rows the page multiplies with.
        Shapes: (rows, columns) or (numbers,), before and after
        Units: float32
        """
        stored = np.ascontiguousarray(weights.T if transposed else weights)
        if self.precision == "int8" and stored.ndim == 2:
            rounded = self._int8(name, stored)
        else:
            rounded = self._float16(name, stored)
        return np.ascontiguousarray(rounded.T if transposed else rounded)

    def keep_exactly(self, name: str, numbers: Array) -> None:
        """Store integers, in the smallest type that holds them; others as float32."""
        if numbers.dtype.kind == "f":
            self._add(name, numbers.astype("<f4"))
            return
        largest = int(numbers.max(initial=0))
        kinds = (kind for kind in ("u1", "u2", "u4") if largest < 256 ** int(kind[1]))
        kind = next(kinds, "f8")
        self._add(name, numbers.astype(f"<{kind}"))

    @property
    def base64(self) -> str:
        """All bytes, one array after another."""
        return base64.b64encode(self._bytes).decode("ascii")

    def _float16(self, name: str, weights: Array) -> Array:
        with np.errstate(over="ignore"):
            codes = weights.astype("<f2")
        if not np.isfinite(codes).all():
            raise UsageError(
                f"{name} has a weight of {np.abs(weights).max():.3g}, and float16 "
                "holds none above 65504; this model cannot be a page"
            )
        self._add(name, codes)
        return codes.astype(np.float32)

    def _int8(self, name: str, weights: Array) -> Array:
        by_row = weights.shape[1] >= LONG_ROW
        largest = np.abs(weights).max(axis=int(by_row), keepdims=True, initial=0)
        scale = (np.where(largest > 0, largest, 1) / LEVELS).astype("<f4")
        codes = np.clip(np.rint(weights / scale), -LEVELS, LEVELS).astype("i1")
        self._add(name, codes, scales="row" if by_row else "column")
        self._bytes += scale.tobytes()
        return codes.astype(np.float32) * scale

    def _add(self, name: str, codes: Array, **how: str) -> None:
        kind = codes.dtype.str.lstrip("<|")
        described = {"name": name, "type": kind, "shape": list(codes.shape), **how}
        self.arrays.append(described)
        self._bytes += codes.tobytes()
