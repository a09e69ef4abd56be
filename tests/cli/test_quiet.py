"""TensorFlow says nothing when it starts, and what the program says is heard."""

import os
import subprocess
import sys

import pytest

from keraslm_cli.quiet import LEVEL, OPERATIONS, quieten_tensorflow

SCRIPT = """
import sys
from keraslm_cli.quiet import quieten_tensorflow
quieten_tensorflow()
import importlib.util
assert importlib.util.find_spec("tensorflow")  # as torch's users ask before they import
import tensorflow
tensorflow.constant(1) + 1
import importlib.resources
assert importlib.resources.files("tensorflow").is_dir()
print("heard", file=sys.stderr)
"""


def test_tensorflow_starts_without_a_word() -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    environment.pop("TF_CPP_MIN_LOG_LEVEL", None)
    result = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert (result.stdout, result.stderr) == ("", "heard\n")


@pytest.mark.parametrize(("said", "kept"), [(None, "0"), ("1", "1")])
def test_tensorflow_is_to_give_memory_back_unless_told_otherwise(
    said, kept, monkeypatch
):
    monkeypatch.setenv(LEVEL, "3")
    monkeypatch.delenv(OPERATIONS, raising=False)
    if said is not None:
        monkeypatch.setenv(OPERATIONS, said)
    quieten_tensorflow()
    assert os.environ[OPERATIONS] == kept
