"""keraslm train --task seq2seq, keraslm translate, and keraslm evaluate of it."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from keraslm_cli.main import program


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Short words of letters, and the same in capitals."""
    path = tmp_path_factory.mktemp("corpus") / "capitals.tsv"
    rng = np.random.default_rng(0)
    words = ["".join(rng.choice(list("abc"), rng.integers(1, 5))) for _ in range(300)]
    path.write_text("".join(f"{word}\t{word.upper()}\n" for word in words))
    return path


@pytest.fixture(scope="module")
def run(corpus, tmp_path_factory):
    """A small network, trained by the command."""
    out = tmp_path_factory.mktemp("runs") / "run"
    how = ["--task", "seq2seq", "--model", "gru", "--units", "24", "--embedding", "8"]
    rate = ["--epochs", "12", "--learning-rate", "0.03", "--no-bidirectional"]
    given = ["train", str(corpus), *how, *rate, "--out", str(out)]
    result = CliRunner().invoke(program, given)
    assert result.exit_code == 0, result.output
    assert "exact match" in result.stdout
    return out


def test_texts_are_translated_a_line_each(keraslm, run):
    told = keraslm("translate", run, "abc", "cb").stdout.splitlines()
    assert told == ["ABC", "CB"]
    told = keraslm("translate", run, "-", stdin="abc\n\ncb\n").stdout.splitlines()
    assert told == ["ABC", "CB"]
    every = keraslm("translate", run, "abc", "--all", "--beams", 3).stdout
    assert every.splitlines()[2].split()[0] == "ABC"
    assert len(every.splitlines()) == 5


def test_json_has_the_attention(keraslm_json, run):
    (found,) = keraslm_json("translate", run, "abc")["texts"]
    (best,) = found["translations"]
    assert (found["source"], best["text"]) == (list("abc"), "ABC")
    weights = np.array(best["attention"])
    assert weights.shape == (4, 3)
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-3)


def test_the_same_figures_are_written_and_measured_again(
    keraslm, keraslm_json, run, tmp_path
):
    pairs = tmp_path / "t.tsv"
    pairs.write_text("abc\tABC\ncb\tCB\nab\tBA\n")
    told = keraslm("translate", run, "abc", "cb", "ab", "--beams", 1).stdout.split()
    right = sum(a == b for a, b in zip(told, ["ABC", "CB", "BA"], strict=True))
    found = keraslm_json("evaluate", run, pairs)
    assert (found["task"], found["n"], found["right"]) == ("seq2seq", 3, right)
    written = json.loads((run / "card.json").read_text())
    assert (written["n"], written["part"]) == (15, "test")
    assert "exact match" in keraslm("evaluate", run, pairs).stdout


def test_what_does_not_fit_is_refused(keraslm, refused, run, corpus, tmp_path):
    train = ("train", corpus, "--task", "seq2seq")
    refused(keraslm(*train, "--model", "bilstm"), 2, "one of lstm, gru, rnn, transf")
    refused(keraslm(*train, "--heads", 2), 2, "--heads are of attention")
    attends = ("--model", "transformer", "--attention", "none")
    refused(keraslm(*train, *attends), 2, "leave --attention out")
    refused(keraslm("train", corpus, "--attention", "dot"), 2, "--task seq2seq alone")
    refused(keraslm("translate", run, "abz"), 2, "the character 'z' of 'abz'")
    refused(keraslm("translate", run, "a", "--beams", 0), 2, "--beams must be 1")
    refused(keraslm("tag", run, "good"), 2, "is a translator and no tagger")
    refused(keraslm("next", run, "a"), 2, "use keraslm translate")
    (tmp_path / "bad.tsv").write_text("abc\tABC\nabc ABC\n")
    refused(keraslm("evaluate", run, tmp_path / "bad.tsv"), 1, "line 2")
