"""What writing a format needs beside keraslm."""

import importlib.util

from keraslm.errors import MissingExtra


def check_installed(file_format: str) -> None:
    """Refuse a format that cannot be written here, before any work.

    Raises: MissingExtra if tf2onnx is not installed.
    """
    if file_format == "onnx" and importlib.util.find_spec("tf2onnx") is None:
        raise MissingExtra("a model for ONNX", "export")
