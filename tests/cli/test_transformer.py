"""A transformer on the command line: trained, resumed, asked, and what is refused."""

import json

import keras
import numpy as np
import pytest

import keraslm as library

SMALL = "--model transformer --layers 2 --heads 2 --units 8 --context 5"
SMALL += " --batch-size 2 --time 6 --learning-rate 0.02"


@pytest.fixture
def run(keraslm, text, tmp_path):
    """Train one of 4 steps on words."""
    out = tmp_path / "run"
    trained = keraslm("train", text, *SMALL.split(), "--steps", 4, "--out", out)
    assert trained.exit_code == 0, trained.output
    return out


@pytest.mark.long
def test_it_is_trained_resumed_and_asked(keraslm, keraslm_json, run, text):
    card = json.loads((run / "card.json").read_text())
    rule = "keys and values of the last 5 tokens, carried in each of 2 layers: 9 tokens"
    assert rule in json.dumps(card)
    measured = keraslm_json("evaluate", run, text)
    assert rule in json.dumps(measured)
    assert keraslm("resume", run, "--steps", 8).exit_code == 0
    better = keraslm_json("evaluate", run, text)
    assert better["perplexity"] < measured["perplexity"]
    told = keraslm_json("next", run, "the", "--top", 3)
    assert len(told["next"]) == 3
    assert keraslm("score", run, "the dog barks").exit_code == 0
    written = keraslm("generate", run, "--length", 20, "--seed", 1)
    assert written.exit_code == 0, written.output
    assert len(written.stdout.split()) > 9


@pytest.mark.long
def test_its_defaults_are_its_own(keraslm, tmp_path, text):
    done = keraslm(
        *("train", text, "--model", "transformer", "--dry-run", "--level", "char"),
        *("--out", tmp_path / "run"),
    )
    assert done.exit_code == 0, done.output
    options = (tmp_path / "run/config.toml").read_text().splitlines()
    for line in ("layers = 4", "heads = 4", "units = 128", "context = 64"):
        assert line in options
    assert not any(line.startswith("embedding =") for line in options)


def test_it_is_exported_to_plain_keras(keraslm, run, tmp_path):
    out = tmp_path / "out.keras"
    done = keraslm("export", run, out, "--format", "keras")
    assert done.exit_code == 0, done.output
    ids = np.array([[1, 2, 3, 2]])
    plain, own = keras.saving.load_model(out), library.load(run).keras_model
    found, expected = (np.asarray(network(ids)) for network in (plain, own))
    np.testing.assert_allclose(found, expected, atol=1e-4)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("--model transformer --units 10", "10 units and 4 heads"),
        ("--model transformer --embedding 8", "--embedding is an option of"),
        ("--model transformer --softmax adaptive", "is for rnn, gru, lstm"),
        ("--model transformer --direct-order 2", "--direct-order is an option of rnn"),
        ("--model transformer --context 9000", "context must be 8192 or less"),
        ("--model lstm --heads 2", "--heads is an option of transformer"),
    ],
)
def test_what_it_does_not_have_is_refused(
    keraslm, refused, text, tmp_path, options, words
):
    out = tmp_path / "run"
    done = keraslm("train", text, *options.split(), "--out", out)
    refused(done, 2, words)
    assert not out.exists()
