"""truth:village wherever a command takes a model, and the divergence from it."""

import json

import pytest

from keraslm_datasets import village

TEXT = "village:test:20000"


@pytest.fixture
def counts(train):
    return train("v.keras", village.text("train", 20_000))


def test_it_is_evaluated_at_either_level(keraslm_json):
    for level in ("word", "char"):
        card = keraslm_json("evaluate", "truth:village", TEXT, "--level", level)
        grammar = card["details"]["language"]["grammar"]
        assert card["nats_per_token"] == pytest.approx(grammar["nats_per_token"])
        assert card["details"]["divergence"]["nats_per_token"] == 0
        assert card["level"] == level


def test_the_card_has_the_divergence_of_a_model(keraslm, keraslm_json, counts):
    card = keraslm_json("evaluate", counts, TEXT)
    found = card["details"]["divergence"]
    assert found["tokens"] == found["text_tokens"] == card["tokens"]
    shown = keraslm("evaluate", counts, TEXT).stdout
    (line,) = [row for row in shown.splitlines() if row.startswith("divergence")]
    assert line.split()[1] == f"{found['nats_per_token']:.4f}"
    assert "KL(truth || model), over every token" in line
    other = keraslm_json("evaluate", counts, "-", stdin="no line of the village\nthe\n")
    assert "divergence" not in other["details"]


def test_an_infinite_divergence_is_said(keraslm, keraslm_json, train):
    unsmoothed = train("mle.keras", village.text("train", 2_000), delta=0.0)
    card = keraslm_json("evaluate", unsmoothed, TEXT)
    assert card["details"]["divergence"]["nats_per_token"] is None
    shown = keraslm("evaluate", unsmoothed, TEXT).stdout
    rows = [line.split()[:2] for line in shown.splitlines()]
    assert ["divergence", "infinite"] in rows


def test_in_a_comparison_it_has_the_vocabulary_of_the_other(keraslm_json, counts):
    found = keraslm_json("compare", "truth:village", counts, "--text", TEXT)
    assert found["compared_in"] == "perplexity"
    first, second = found["models"]
    assert (first["name"], first["parameters"]) == ("truth:village", 0)
    assert first["vocabulary_hash"] == second["vocabulary_hash"]
    # of <unk> too the grammar's figure is that of the truth
    floor = found["floor"]["grammar"]["perplexity"]
    assert first["perplexity"] == pytest.approx(floor)


def test_it_is_asked_and_scores_and_writes(keraslm):
    told = keraslm("next", "truth:village", "alice bought the", "--json").stdout
    expected = village.next_token_probabilities("alice bought the")
    for row in json.loads(told)["next"]:
        assert row["probability"] == pytest.approx(expected[row["token"]])
    line = next(village.lines("test", 20))
    told = keraslm("score", "truth:village", line, "--json").stdout
    (found,) = json.loads(told)["sentences"]
    assert found["log_probability"] == pytest.approx(village.log_probability(line))
    written = keraslm("generate", "truth:village", "--seed", 1, "--length", 40).stdout
    assert village.log_probability(written.splitlines()[0]) > float("-inf")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("next", "truth:village", "the the"), ["token 2 of the line", "'the'"]),
        (("evaluate", "truth:vilage", TEXT), ["is village", "'vilage'"]),
        (("export", "truth:village", "m.arpa", "--format", "arpa"), ["is a grammar"]),
        (("audit", "truth:village"), ["is a grammar"]),
    ],
)
def test_what_it_cannot_is_one_line(keraslm, refused, arguments, words):
    refused(keraslm(*arguments), 2, *words)
