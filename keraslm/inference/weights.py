"""The weights of a network, by the names of its file."""

from collections.abc import Mapping

import numpy as np

from keraslm.errors import ModelFileError
from keraslm.inference.network import Array

Arrays = Mapping[str, Array]


class Weights:
    """The arrays of a network, taken by name and expected shape, each once."""

    def __init__(self, arrays: Arrays, where: str) -> None:
        self._arrays = dict(arrays)
        self._where = where

    def take(self, name: str, *shape: int) -> Array:
        """Give an array of this shape, as float32 if it is more or less exact.

        Raises: ModelFileError if there is none.
        """
        found = self._arrays.pop(name, None)
        if found is None or found.shape != shape:
            has = "has none" if found is None else f"has {found.shape}"
            raise ModelFileError(
                f"{self._where} is damaged: its config asks for weights {name} of "
                f"shape {shape}, and it {has}"
            )
        return np.ascontiguousarray(found, np.float32)

    def end(self) -> None:
        """Refuse arrays that nothing asked for.

        Raises: ModelFileError
        """
        if self._arrays:
            raise ModelFileError(
                f"{self._where} is damaged: it has weights for {min(self._arrays)}, "
                "which its config does not ask for"
            )
