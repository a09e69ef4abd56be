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


def said(**variables: str) -> str:
    """Start TensorFlow with these variables set; give what stands on both streams."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    for name in (LEVEL, OPERATIONS):
        environment.pop(name, None)
    result = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env=environment | variables,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return result.stdout + result.stderr


@pytest.mark.parametrize(
    "variables",
    [{}, {LEVEL: "1"}, {LEVEL: "3"}, {OPERATIONS: "1", "TF_CPP_MAX_VLOG_LEVEL": "1"}],
)
def test_tensorflow_starts_without_a_word(variables: dict[str, str]) -> None:
    assert said(**variables) == "heard\n"


def test_who_asks_for_every_word_hears_them() -> None:
    heard = said(**{LEVEL: "0"})
    assert heard.endswith("heard\n")
    assert heard.count("\n") > 1


@pytest.mark.parametrize(("told", "kept"), [(None, "3"), ("", "3"), ("1", "1")])
def test_a_level_that_is_told_is_kept(told, kept, monkeypatch):
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    monkeypatch.setenv(OPERATIONS, "0")
    monkeypatch.delenv(LEVEL)
    if told is not None:
        monkeypatch.setenv(LEVEL, told)
    quieten_tensorflow()
    assert os.environ[LEVEL] == kept


@pytest.mark.parametrize(("told", "kept"), [(None, "0"), ("1", "1")])
def test_tensorflow_is_to_give_memory_back_unless_told_otherwise(
    told, kept, monkeypatch
):
    monkeypatch.setenv(LEVEL, "3")
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    monkeypatch.delenv(OPERATIONS, raising=False)
    if told is not None:
        monkeypatch.setenv(OPERATIONS, told)
    quieten_tensorflow()
    assert os.environ[OPERATIONS] == kept
