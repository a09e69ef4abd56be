"""Keras learns of keraslm's layers as soon as both are imported, in any order.

`import keraslm` alone must stay quick and so does not import Keras.
"""

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Sequence


def register_with_keras() -> None:
    """Register the layers and models with Keras, now or when Keras is imported."""
    if sys.modules.get("keras") is not None:
        _import_models()
    else:
        sys.meta_path.insert(0, _WithModels())


def _import_models() -> None:
    import keraslm.models  # noqa: F401  registers what it defines


class _WithModels(importlib.abc.MetaPathFinder):
    """Finds Keras or the layers, whichever is first, and imports the models after it.

    Not always after Keras: the layers import it, and the models need the whole layers.
    """

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: types.ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in ("keras", "keraslm.layers"):
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
