"""TensorFlow says nothing on the command line, and what the program says is heard."""

import os
import subprocess
import sys

import pytest

from keraslm.quiet import LEVEL
from keraslm_cli.quiet import OPERATIONS, set_up_tensorflow

SCRIPT = """
import sys
from keraslm_cli.quiet import set_up_tensorflow
set_up_tensorflow()
import tensorflow
tensorflow.function(lambda x: x + 1, jit_compile=True)(tensorflow.constant(1))
tensorflow.get_logger().warning("many programs were compiled")
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
    [{}, {OPERATIONS: "1", LEVEL: "0", "TF_CPP_MAX_VLOG_LEVEL": "1"}],
)
def test_tensorflow_says_nothing_whatever_the_user_set(
    variables: dict[str, str],
) -> None:
    assert said(**variables) == "heard\n"


def test_who_debugs_hears_every_word() -> None:
    heard = said(**{LEVEL: "0", "KERASLM_DEBUG": "1"})
    assert heard.endswith("heard\n")
    assert "many programs were compiled" in heard
    assert heard.count("\n") > 2


@pytest.mark.parametrize(("told", "kept"), [(None, "0"), ("1", "1")])
def test_tensorflow_is_to_give_memory_back_unless_told_otherwise(
    told, kept, monkeypatch
):
    monkeypatch.setenv(LEVEL, "3")
    monkeypatch.delenv(OPERATIONS, raising=False)
    if told is not None:
        monkeypatch.setenv(OPERATIONS, told)
    set_up_tensorflow()
    assert os.environ[OPERATIONS] == kept
