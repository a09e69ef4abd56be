"""TensorFlow starts without its notes about drivers and processors.

TF_CPP_MIN_LOG_LEVEL=3 silences what it says later. What it says first is written
before it reads any setting, straight to file descriptor 2, so this is closed while
TensorFlow is imported. Python's errors are raised as ever. Who sets another level, in
the shell or before TensorFlow is imported, hears all that TensorFlow says at it.
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
SILENT = "3"
AFTERWARDS: list[Callable[[], None]] = []
"""What is done when TensorFlow has been imported."""


def quieten_tensorflow() -> None:
    """Silence a later `import tensorflow`, unless the user sets a level."""
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
        try:
            spec = importlib.util.find_spec(fullname)
        finally:
            self._asks_the_others = False
        if spec is not None and spec.loader is not None:
            loader: Any = spec.loader
            loader.exec_module = _quietly(loader.exec_module)
        return spec


def _quietly(execute: Callable[[ModuleType], None]) -> Callable[[ModuleType], None]:
    def execute_quietly(module: ModuleType) -> None:
        os.environ[LEVEL] = os.environ.get(LEVEL) or SILENT
        is_quiet = os.environ[LEVEL] == SILENT
        with _closed_stderr() if is_quiet else contextlib.nullcontext():
            execute(module)
        for act in AFTERWARDS:
            act()

    return execute_quietly


@contextlib.contextmanager
def _closed_stderr() -> Iterator[None]:
    if sys.stderr is not None:
        sys.stderr.flush()
    try:
        kept = os.dup(2)
    except OSError:  # a program without a terminal may have none
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
