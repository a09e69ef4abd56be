"""Which backend Keras will compute on, asked before Keras is imported."""

import importlib.util
import json
import os
import pathlib
import sys

from keraslm.errors import UsageError

PACKAGES = {"tensorflow": "tensorflow", "jax": "jax", "torch": "torch"}
DEFAULT = "tensorflow"


def check_backend() -> None:
    """Refuse a backend that Keras could not import, in one line instead of fifty.

    Raises: UsageError if there is none of that name, or it is not installed.
    """
    if "keras" in sys.modules:  # which has found its backend
        return
    name, where = _chosen()
    if name not in PACKAGES:
        raise UsageError(
            f"{where} must be one of {', '.join(PACKAGES)}; received {name!r}"
        )
    if importlib.util.find_spec(PACKAGES[name]) is None:
        raise UsageError(
            f"{where} is {name}, which is not installed: pip install {PACKAGES[name]}, "
            f"or take KERAS_BACKEND={DEFAULT}"
        )


def chosen_backend() -> str:
    """Name the backend that Keras computes on, or will."""
    return _chosen()[0]


def _chosen() -> tuple[str, str]:
    """Give the backend's name, and where it was chosen."""
    if name := os.environ.get("KERAS_BACKEND"):
        return name, "KERAS_BACKEND"
    home = os.environ.get("KERAS_HOME") or pathlib.Path("~", ".keras")
    file = pathlib.Path(home).expanduser() / "keras.json"
    try:
        name = json.loads(file.read_text(encoding="utf-8")).get("backend")
    except (OSError, ValueError, AttributeError):  # Keras too leaves it aside
        name = None
    return (name, f"the backend in {file}") if name else (DEFAULT, "the backend")
