"""Keras learns of keraslm's layers, losses and metrics when both are imported.

The order of the imports does not matter.

`import keraslm` alone must stay quick and so does not import Keras.
"""

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Sequence

# What imports Keras and is needed by the models.
ROOMS = (
    "initializers",
    "kernels.devices",
    "layers",
    "losses",
    "metrics",
    "windows",
)
FIRST = ("keras", *(f"keraslm.{room}" for room in ROOMS))


def register_with_keras() -> None:
    """Register the layers and models with Keras, now or when Keras is imported."""
    if sys.modules.get("keras") is not None:
        _import_models()
    else:
        sys.meta_path.insert(0, _WithModels())


def _import_models() -> None:
    import keraslm.initializers
    import keraslm.losses
    import keraslm.metrics
    import keraslm.models  # noqa: F401  registers what it defines


class _WithModels(importlib.abc.MetaPathFinder):
    """Finds Keras or a room, whichever is first, and imports the models after it.

    Not always after Keras: the room imports it, and the models need the whole room.
    """

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: types.ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in FIRST:
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
