"""What XLA is told, and when it is left alone."""

import os
import subprocess
import sys

import keras
import pytest

if keras.backend.backend() != "tensorflow":
    pytest.skip("XLA as TensorFlow has it", allow_module_level=True)

import tensorflow as tf

from keraslm.layers import tensorflow_compiler
from keraslm.layers.tensorflow_compiler import VARIABLE, WIDTH, prefer_wide_vectors
from keraslm.models import WindowModel


@pytest.mark.parametrize(
    ("said", "units", "version", "expected"),
    [
        ("", True, "2.21.0", f"{WIDTH}=512"),
        ("--xla_dump_to=d", True, "2.21.1", f"--xla_dump_to=d {WIDTH}=512"),
        (f"{WIDTH}=128", True, "2.21.0", f"{WIDTH}=128"),
        ("", False, "2.21.0", ""),
        ("", True, "2.22.0", ""),
    ],
)
def test_wide_vectors_where_they_are_known_to_help(
    said, units, version, expected, monkeypatch
):
    monkeypatch.setenv(VARIABLE, said)
    monkeypatch.setattr(tensorflow_compiler, "multiplies_bfloat16", lambda: units)
    monkeypatch.setattr(tf, "__version__", version)
    prefer_wide_vectors.__wrapped__()
    assert os.environ[VARIABLE] == expected


COMPILED = """
import tensorflow as tf
print(tf.function(lambda x: x + x, jit_compile=True)(tf.constant(2.0)).numpy())
"""


def test_xla_knows_the_name():
    environment = {**os.environ, VARIABLE: f"{WIDTH}=512"}
    command = [sys.executable, "-c", COMPILED]
    found = subprocess.check_output(command, env=environment, text=True)
    assert found == "4.0\n"


def test_a_model_asks_for_them_before_anything_is_compiled(monkeypatch):
    monkeypatch.setenv(VARIABLE, "")
    monkeypatch.setattr(tensorflow_compiler, "multiplies_bfloat16", lambda: True)
    monkeypatch.setattr(tf, "__version__", "2.21.0")
    prefer_wide_vectors.cache_clear()
    WindowModel(7, context=1)
    assert os.environ[VARIABLE] == f"{WIDTH}=512"
