"""The run: options, fit, callbacks, what is kept."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from keraslm.training.options import Configuration
    from keraslm.training.printed import PrintedProgress
    from keraslm.training.reporter import Reporter
    from keraslm.training.run import Run, train

__all__ = ["Configuration", "PrintedProgress", "Reporter", "Run", "train"]

_PLACES = {
    "Configuration": "options",
    "PrintedProgress": "printed",
    "Reporter": "reporter",
    "Run": "run",
    "train": "run",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: the options are there at once."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_PLACES[name]}"), name)
