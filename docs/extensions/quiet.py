"""The build says where it is and what is wrong, and leaves out what Jupyter notes."""

import logging
import os
import pathlib
import shutil
import sys
import tempfile
from typing import Any

NAME = "ipython_kernel_config.py"
ERRORS_ALONE = "c.Application.log_level = 40\n"


def silence(app: Any) -> None:
    """Let the kernels of the lessons, and who starts them, note errors alone."""
    logging.getLogger("traitlets").setLevel(logging.ERROR)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="keraslm-docs-"))
    (folder / "profile_default").mkdir()
    (folder / "profile_default" / NAME).write_text(ERRORS_ALONE, encoding="utf-8")
    os.environ["IPYTHONDIR"] = str(folder)
    app.connect("build-finished", lambda *_: shutil.rmtree(folder, ignore_errors=True))


def say(app: Any, page: str, source: list[str]) -> None:
    """Say which page is read: in a terminal on one line, elsewhere lessons alone."""
    if sys.stderr.isatty():
        print(f"\r\x1b[Kreading {page}", end="", file=sys.stderr, flush=True)
    elif page.startswith("lessons/"):
        print(f"reading {page}", file=sys.stderr, flush=True)


def clear(app: Any, environment: Any) -> None:
    """Clear the line before what comes."""
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def setup(app: Any) -> dict[str, bool]:
    """Join the build."""
    app.connect("builder-inited", silence)
    app.connect("source-read", say)
    app.connect("env-updated", clear)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
