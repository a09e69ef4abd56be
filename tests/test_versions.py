"""A file of every version of the format is kept, and opens as it did."""

import json
import pathlib
import shutil
import subprocess
import sys

import numpy as np
import pytest
from click.testing import CliRunner

import keraslm
from keraslm.files.archive import FORMAT_VERSION
from keraslm.training.options import read_toml
from keraslm_cli.main import program

FIXTURES = pathlib.Path(__file__).parent / "fixtures"
FILES = sorted(FIXTURES.glob("version-*/*.keras"))
RUNS = sorted(FIXTURES.glob("version-*/run"))
BY_PLAIN_KERAS = """
import sys
import numpy as np
{imports}
import keraslm.layers.gru
keraslm.layers.gru.GRU  # imported twice, a package loses its modules
for path in sys.argv[1:]:
    ids = np.array([[1, 2, 3, 1, 5]])
    found, expected = (
        keras.ops.convert_to_numpy(model(ids))
        for model in (keras.saving.load_model(path), keraslm.load(path).keras_model)
    )
    np.testing.assert_allclose(found, expected, atol=1e-5, err_msg=path)
"""


def name(path):
    return f"{path.parent.name}-{path.stem}"


def told(path):
    return json.loads((path.parent / "scores.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_model_of_any_version_predicts_what_it_did(path):
    scores = told(path)
    found = keraslm.load(path).score(scores["text"]).log_probabilities
    expected = scores["log_probabilities"][path.stem]
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_model_of_any_version_writes_what_it_did(path):
    written = told(path)["written"].get(path.stem)
    if written is not None:
        found = keraslm.load(path).generate("the ", len(written), temperature=0)
        assert "".join(found) == written


@pytest.mark.parametrize("imports", ["import keras, keraslm", "import keraslm, keras"])
def test_plain_keras_opens_them_in_either_order_of_import(imports):
    networks = [str(path) for path in FILES if not path.stem.startswith("ngram-")]
    code = BY_PLAIN_KERAS.format(imports=imports)
    subprocess.run([sys.executable, "-c", code, *networks], check=True)


@pytest.mark.parametrize("run", RUNS, ids=name)
def test_an_interrupted_run_of_any_version_goes_on_or_is_refused_in_one_line(
    run, tmp_path, monkeypatch
):
    shutil.copy(run.parent / "corpus.txt", tmp_path)
    shutil.copytree(run, tmp_path / "run")
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(
        program, ["resume", "run", "--corpus", "corpus.txt", "--steps", "24"]
    )
    assert done.exit_code in (0, 1)
    if done.exit_code:
        assert "cannot go on from" in done.output
        assert len(done.output.strip().splitlines()) == 1
    else:  # as it was before there was such an option
        assert read_toml(tmp_path / "run" / "config.toml")["beta_1"] == 0.9


def test_every_version_is_kept():
    kept = {path.parent.name for path in FILES}
    assert kept == {f"version-{n}" for n in range(1, FORMAT_VERSION + 1)}
    assert all(path.stat().st_size < 50_000 for path in FILES)
