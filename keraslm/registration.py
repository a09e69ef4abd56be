"""Keras learns of keraslm's layers as soon as both are imported, in any order.

`import keraslm` alone must stay quick and so does not import Keras.
"""

import importlib
import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Sequence


def register_with_keras() -> None:
    """Register the layers and models with Keras, now or when Keras is imported."""
    if "keras" in sys.modules:
        _import_models()
    else:
        sys.meta_path.insert(0, _AfterKeras())


def _import_models() -> None:
    import keraslm.models  # noqa: F401  registers what it defines


class _AfterKeras(importlib.abc.MetaPathFinder):
    """Finds Keras as usual and imports keraslm's models right after it."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: types.ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname == "keraslm.layers":
            importlib.import_module("keras")  # first, since the models need the layers
        if fullname != "keras":
            return None
        sys.meta_path.remove(self)
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            _run_afterwards(spec.loader)
        return spec


def _run_afterwards(loader: importlib.abc.Loader) -> None:
    execute = loader.exec_module

    def exec_module(module: types.ModuleType) -> None:
        execute(module)
        _import_models()

    loader.exec_module = exec_module  # type: ignore[method-assign]
