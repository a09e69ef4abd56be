"""What models answer where neither Keras nor a back end can be imported."""

import pathlib
import subprocess
import sys

import pytest

FIXTURES = pathlib.Path(__file__).parent.parent / "fixtures/version-1"
WITHOUT = """
import importlib, sys
for name in ("keras", "tensorflow", "jax", "torch"):
    sys.modules[name] = None  # importing it raises ImportError
"""
PREDICT = """
import json, pathlib
import numpy as np
import keraslm
folder = pathlib.Path(sys.argv[1])
told = json.loads((folder / "scores.json").read_text(encoding="utf-8"))
for name, expected in told["log_probabilities"].items():
    if name.startswith("adopted"):
        continue
    model = keraslm.load(folder / f"{name}.keras")
    found = model.score(told["text"]).log_probabilities
    np.testing.assert_allclose(found, expected, atol=1e-6, err_msg=name)
    written = told["written"].get(name)
    if written is not None:
        found = "".join(model.generate("the ", len(written), temperature=0))
        assert found == written, name
"""
COMMAND = """
from keraslm_cli.main import main
main()
"""


def run(code, *arguments):
    return subprocess.run(
        [sys.executable, "-c", WITHOUT + code, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_model_of_keraslm_s_own_predicts_and_writes():
    done = run(PREDICT, FIXTURES)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["generate", FIXTURES / "lstm-tied.keras", "--length", "5", "--seed", "1"],
        ["score", FIXTURES / "maxent.keras", "the cat"],
        ["evaluate", FIXTURES / "gru.keras", FIXTURES / "corpus.txt"],
        ["evaluate", FIXTURES / "bigram.keras", FIXTURES / "corpus.txt", "--json"],
    ],
    ids=lambda given: f"{given[0]}-{given[1].stem}",
)
def test_the_command_line_too(arguments):
    done = run(COMMAND, *arguments)
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_counts_are_trained_and_asked(tmp_path):
    text, counts = FIXTURES / "corpus.txt", tmp_path / "counts"
    for arguments in (
        ["train", text, "--model", "ngram", "--out", counts],
        ["evaluate", counts, text],
        ["generate", counts, "--length", "5", "--seed", "1"],
        ["score", counts, "the cat"],
    ):
        done = run(COMMAND, *arguments)
        assert done.returncode == 0, done.stderr
        assert done.stdout


def test_an_adopted_network_says_that_it_needs_keras():
    path = FIXTURES / "adopted-window.keras"
    done = run(COMMAND, "score", path, "the cat")
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "needs Keras with a back end" in done.stderr
