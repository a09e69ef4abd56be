"""keraslm next: the most probable next tokens, with the truth where it is known."""

import json

import pytest

from keraslm.counts.model import NgramModel
from keraslm.text.corpus import Text
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import tokenizer_named
from keraslm_datasets import village


@pytest.fixture
def counts(tmp_path):
    """Counts of "a b", three times, and "a c", once."""
    text = Text.from_string("a b\na b\na b\na c\n")
    encoder, ids = TextEncoder.learn(tokenizer_named("word"), text)
    path = tmp_path / "counts.keras"
    NgramModel.train(encoder, ids, 2, "mle").save(path)
    return path


def test_the_most_probable_tokens_and_the_rest(keraslm, counts):
    result = keraslm("next", counts, "a", "--top", 2)
    assert result.exit_code == 0, result.output
    # count(a b) = 3, count(a c) = 1, count(a) = 4; <unk>, </s> and a are the others
    rows = [line.split() for line in result.stdout.splitlines()]
    assert rows[2][:2] == ["b", "0.7500"]
    assert rows[3][:2] == ["c", "0.2500"]
    assert rows[4][:5] == ["the", "other", "3", "tokens", "0.0000"]


def test_as_json_a_column_sums_to_one(keraslm, counts):
    found = json.loads(keraslm("next", counts, "--json", "--top", 1).stdout)
    (first,) = found["next"]
    assert first == {"token": "a", "probability": 1.0}
    assert first["probability"] + found["others"] == pytest.approx(1)


def test_the_truth_stands_beside_a_model_of_village(keraslm, tmp_path):
    run = tmp_path / "run"
    trained = keraslm("train", "village", "--model", "ngram", "--out", run)
    assert trained.exit_code == 0, trained.output
    told = keraslm("next", run, "alice bought the", "--json", "--top", 2000).stdout
    rows = json.loads(told)["next"]
    # every word that the grammar allows is in the vocabulary, so the truth sums to one
    assert sum(row["truth"] for row in rows) == pytest.approx(1, abs=0.02)
    shown = keraslm("next", run, "alice bought the").stdout.splitlines()
    assert shown[1].split() == ["token", "probability", "truth"]
    impossible = keraslm("next", run, "the the").stdout
    assert "no line that begins so" in impossible


def test_the_truth_stands_beside_a_model_of_characters(keraslm, tmp_path):
    run = tmp_path / "run"
    settings = ("--model", "ngram", "--level", "char", "--out", run)
    assert keraslm("train", "village:small", *settings).exit_code == 0
    told = keraslm("next", run, "alice bought the", "--json", "--top", 99).stdout
    truth = {row["token"]: row["truth"] for row in json.loads(told)["next"]}
    assert sum(truth.values()) == pytest.approx(1)
    # "the" ends there, or it is the beginning of "these"
    following = village.next_token_probabilities("alice bought")
    both = following["the"] + following["these"]
    assert truth[" "] == pytest.approx(following["the"] / both)
    assert truth["s"] == pytest.approx(following["these"] / both)


def test_an_unknown_token_is_named(keraslm, counts, refused):
    refused(keraslm("next", counts, "zebra"), 2, "zebra")
