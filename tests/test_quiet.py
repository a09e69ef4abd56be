"""TensorFlow starts without a word in Python, unless the user asks for its words."""

import os
import subprocess
import sys

import pytest

from keraslm.quiet import LEVEL

pytestmark = pytest.mark.long

SCRIPT = """
import importlib.util, os, sys
import keraslm
assert importlib.util.find_spec("tensorflow")  # as torch's users ask before they import
{more}
import tensorflow
tensorflow.function(lambda x: x + 1, jit_compile=True)(tensorflow.constant(1))
print("heard", file=sys.stderr)
"""


def said(more: str = "", **variables: str) -> str:
    """Start TensorFlow in Python; give what stands on both streams."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    environment.pop(LEVEL, None)
    result = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(more=more)],
        env=environment | variables,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return result.stdout + result.stderr


@pytest.mark.parametrize(
    "more", ["keraslm.layers.LSTM(3)", "import keras", "keraslm.models", ""]
)
def test_tensorflow_starts_without_a_word(more: str) -> None:
    assert said(more) == "heard\n"


def test_other_variables_change_nothing() -> None:
    assert said(TF_ENABLE_ONEDNN_OPTS="1", TF_CPP_MAX_VLOG_LEVEL="1") == "heard\n"


@pytest.mark.parametrize("level", ["0", "1"])
def test_who_sets_a_level_hears_what_it_says(level: str) -> None:
    for heard in (said(**{LEVEL: level}), said(f"os.environ[{LEVEL!r}] = '{level}'")):
        assert heard.endswith("heard\n")
        assert heard.count("\n") > 1
