"""keraslm agreement: every figure with n and an interval, for models of two levels."""

import csv
import re

import pytest

from keraslm.accuracy import Accuracy
from keraslm_datasets import village


@pytest.fixture
def villagers(train):
    """A trigram of words and a 4-gram of characters."""
    text = village.text("train", 20_000)
    words = train("words.keras", text, order=3)
    return words, train("characters.keras", text, "char", order=4)


@pytest.fixture
def sentences(tmp_path):
    """A text of village."""
    path = tmp_path / "sentences.txt"
    path.write_text(village.text("test", 3000))
    return path


def test_the_figures_are_the_same_in_every_form(
    keraslm, keraslm_json, villagers, sentences, tmp_path
):
    where = ("--text", sentences)
    found = keraslm_json("agreement", *villagers, *where)["models"]
    table = tmp_path / "table.csv"
    shown = keraslm("agreement", *villagers, *where, "--csv", table).stdout
    with table.open() as file:
        rows = list(csv.DictReader(file))
    assert len(found) == 2
    for model in found:
        groups = model["by_attractors"]
        assert sum(group["n"] for group in groups.values()) == model["n"] > 100
        assert sum(group["right"] for group in groups.values()) == model["right"]
        none = groups["0"]
        wrong = none["n"] - none["right"] - none["ties"]
        interval = Accuracy(none["right"], wrong, none["ties"]).interval()
        assert (none["low"], none["high"]) == pytest.approx(interval)
        assert none["accuracy"] > groups["1"]["accuracy"]  # it sees two tokens
        own = [row for row in rows if row["model"] == model["model"]]
        assert own[0]["by"] == "attractors"
        assert float(own[0]["accuracy"]) == none["accuracy"]
        line = next(one for one in shown.splitlines() if model["model"] in one)
        assert line.startswith("0 ")
        assert f" {none['accuracy']:.1%} " in line
        assert line.endswith(f" {none['n']:,}")


def test_only_the_first_sentences(keraslm_json, villagers, sentences, tmp_path):
    lines = sentences.read_text().splitlines(keepends=True)
    first = tmp_path / "first.txt"
    first.write_text("".join(lines[:50]))
    words, _ = villagers
    found = keraslm_json("agreement", words, "--text", sentences, "--sentences", 50)
    whole = keraslm_json("agreement", words, "--text", first)
    assert found["models"] == whole["models"]


def test_what_the_vocabulary_lacks_is_said(keraslm, train, sentences):
    model = train(text="the dog is here\nthe dogs are here\n")
    shown = keraslm("agreement", model, "--text", sentences).stdout
    assert re.search(r"\d+ verbs are left out, of which the vocabulary lacks", shown)


@pytest.mark.parametrize("columns", [40, 60, 80, 200])
def test_the_tables_fit_a_terminal(terminal, villagers, sentences, columns):
    lines = terminal(columns, "agreement", *villagers, "--text", sentences)
    lines = [line for line in lines if not line.startswith(("reading", "asking"))]
    assert max(map(len, lines)) <= columns
    text = "\n".join(lines)
    assert text.count("3+") >= 2
    assert "95% interval" in text


def test_a_text_of_another_language(keraslm, refused, model, text):
    refused(keraslm("agreement", model, "--text", text), 2, "village", text.name)


def test_a_model_that_knows_no_verb(keraslm, refused, train, sentences):
    model = train(text="春 眠\n")
    refused(keraslm("agreement", model, "--text", sentences), 1, "vocabulary")


def test_a_table_that_cannot_be_written(keraslm, refused, model, tmp_path):
    nowhere = tmp_path / "nowhere/table.csv"
    refused(keraslm("agreement", model, "--csv", nowhere), 2, "nowhere")
