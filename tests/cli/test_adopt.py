"""keraslm adopt: another's Keras model, and every command works on it."""

import json

import keras
import numpy as np
import pytest
from keras import layers

from keraslm.layers import LSTM

TOKENS = list("\nabc")


@pytest.fixture
def foreign(tmp_path):
    """A window of two ids, its weights random, and its vocabulary."""
    network = keras.Sequential(
        [
            keras.Input((2,)),
            layers.Embedding(4, 3),
            layers.Flatten(),
            layers.Dense(4, activation="softmax"),
        ]
    )
    network.save(tmp_path / "foreign.keras")
    (tmp_path / "tokens.json").write_text(json.dumps(TOKENS))
    return network, tmp_path / "foreign.keras", tmp_path / "tokens.json"


def test_an_adopted_model_is_evaluated(keraslm, keraslm_json, foreign, tmp_path):
    network, path, tokens = foreign
    out = tmp_path / "model.keras"
    result = keraslm("adopt", path, "--vocabulary", tokens, "--out", out)
    assert result.exit_code == 0, result.output
    assert "the last 2 tokens" in result.stdout
    assert "\n\n" not in result.stdout.strip()  # no row without a word
    (tmp_path / "text.txt").write_text("ab\n")
    card = keraslm_json("evaluate", out, tmp_path / "text.txt")
    # before the text stand two line ends; then a, b and "\n" are predicted
    rows = np.array(network(np.array([[0, 0], [0, 1], [1, 2]])))
    mean = -np.log([rows[0, 1], rows[1, 2], rows[2, 0]]).mean()
    assert card["nats_per_token"] == pytest.approx(mean, abs=1e-5)
    assert keraslm("audit", out).exit_code == 0
    stock = keraslm("export", out, tmp_path / "stock.keras", "--format", "keras")
    assert (stock.exit_code, "(adopted)" in stock.stderr) == (2, True)
    written = keraslm("generate", out, "--length", 5, "--seed", 1)
    assert written.exit_code == 0
    assert set(written.stdout) <= set(TOKENS)


def test_layers_of_keraslm_in_a_plain_model(keraslm, keraslm_json, tmp_path):
    ids = keras.Input((None,), dtype="int32")
    h = LSTM(4)(layers.Embedding(4, 3)(ids))
    network = keras.Model(ids, layers.Dense(4)(h))
    network.save(tmp_path / "plain.keras")
    (tmp_path / "tokens.json").write_text(json.dumps(TOKENS))
    (tmp_path / "text.txt").write_text("abcab\n")
    out = tmp_path / "model.keras"
    given = (tmp_path / "plain.keras", "--vocabulary", tmp_path / "tokens.json")
    result = keraslm("adopt", *given, "--out", out)
    assert result.exit_code == 0, result.output
    assert "state carried" in " ".join(result.stdout.split())
    card = keraslm_json("evaluate", out, tmp_path / "text.txt")
    read, predicted = [0, 1, 2, 3, 1, 2], [1, 2, 3, 1, 2, 0]
    logits = np.array(network(np.array([read])))[0]
    nats = np.log(np.exp(logits).sum(axis=1)) - logits[range(6), predicted]
    assert card["nats_per_token"] == pytest.approx(nats.mean(), abs=1e-5)


@pytest.mark.parametrize("columns", [40, 200])
def test_what_was_found_out_fits_the_terminal(terminal, foreign, tmp_path, columns):
    _, path, tokens = foreign
    tokens.write_text(json.dumps(["\n", "a", "b", "\u202e"]))
    out = tmp_path / f"{'Haus' * 12}.keras"
    arguments = ("--vocabulary", tokens, "--out", out, "--unknown", "\u202e")
    shown = terminal(columns, "adopt", path, *arguments)
    table = shown[[line.startswith("file") for line in shown].index(True) :]
    assert max(map(len, table)) <= columns
    assert any(r"'\u202e'" in line for line in table)


def test_nothing_is_replaced_unasked(keraslm, foreign, tmp_path, refused):
    _, path, tokens = foreign
    out = tmp_path / "model.keras"
    out.write_text("mine")
    options = ("--vocabulary", tokens, "--out", out)
    refused(keraslm("adopt", path, *options), 2, "--overwrite")
    assert out.read_text() == "mine"
    same = ("--vocabulary", tokens, "--out", path, "--overwrite")
    refused(keraslm("adopt", path, *same), 2, "foreign file")


def test_a_wrong_vocabulary_leaves_no_file(keraslm, foreign, tmp_path, refused):
    _, path, tokens = foreign
    tokens.write_text('["a"]')
    options = ("--vocabulary", tokens, "--out", tmp_path / "model.keras")
    refused(keraslm("adopt", path, *options), 1, "1 tokens", "(None, 4)")
    assert not (tmp_path / "model.keras").exists()


def test_h5_is_refused(keraslm, foreign, tmp_path, refused):
    _, path, tokens = foreign
    options = ("--vocabulary", tokens, "--out", tmp_path / "model.h5")
    refused(keraslm("adopt", path, *options), 2, ".keras")
