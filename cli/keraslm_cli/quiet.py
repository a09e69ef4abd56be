"""TensorFlow starts without its notes about drivers and processors.

TF_CPP_MIN_LOG_LEVEL silences most of them. What is left is written before
TensorFlow reads any setting, straight to file descriptor 2, so this is closed
while TensorFlow is imported. Python's errors are raised as ever. Only who sets the
level 0 hears it all; any other level that is set holds for what TensorFlow says later.

Without oneDNN's operations, of which XLA's programs have none, freed memory goes back
to the system; with them TensorFlow keeps all that it ever took.
"""

import contextlib
import importlib.util
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

LEVEL = "TF_CPP_MIN_LOG_LEVEL"
OPERATIONS = "TF_ENABLE_ONEDNN_OPTS"


def quieten_tensorflow() -> None:
    """Silence a later `import tensorflow`; what the user set is kept."""
    os.environ.setdefault(OPERATIONS, "0")
    os.environ[LEVEL] = os.environ.get(LEVEL) or "3"
    if os.environ[LEVEL] != "0":
        sys.meta_path.insert(0, _QuietImport())


class _QuietImport:
    """Stands before the other finders; others may ask for TensorFlow's place too."""

    def __init__(self) -> None:
        self._asks_the_others = False

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        if fullname != "tensorflow" or self._asks_the_others:
            return None
        self._asks_the_others = True
        spec = importlib.util.find_spec(fullname)
        self._asks_the_others = False
        if spec is not None:
            loader: Any = spec.loader
            loader.exec_module = _quietly(loader.exec_module)
        return spec


def _quietly(execute: Callable[[ModuleType], None]) -> Callable[[ModuleType], None]:
    def execute_quietly(module: ModuleType) -> None:
        with _closed_stderr():
            execute(module)
            module.config.list_physical_devices()  # looks for a driver once more

    return execute_quietly


@contextlib.contextmanager
def _closed_stderr() -> Iterator[None]:
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
