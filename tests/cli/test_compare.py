"""keraslm compare: one text, one table, one picture, or a refusal that names why."""

import math
import re

import numpy as np
import pytest

from keraslm_cli.commands.compare import labels
from keraslm_datasets import village

TEXT = "the dog sleeps\na cat barks\n"


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text(TEXT, "utf-8")
    return path


def test_the_lowest_perplexity_comes_first(keraslm, keraslm_json, train, text):
    paths = [train(f"{n}.keras", order=n) for n in (1, 2)]
    found = keraslm_json("compare", *paths, "--text", text)
    perplexities = [model["perplexity"] for model in found["models"]]
    assert perplexities == sorted(perplexities)
    assert {m["path"]: m["name"] for m in found["models"]} == {
        str(paths[0]): "ngram-1 additive",
        str(paths[1]): "ngram-2 additive",
    }
    assert [m["parameters"] > 0 for m in found["models"]] == [True, True]
    assert found["floor"] is None
    shown = keraslm("compare", *paths, "--text", text).stdout.splitlines()
    assert "perplexity" in shown[1]
    assert f"{perplexities[0]:.4f}" in shown[2]
    assert "grammar" not in "".join(shown)


def test_equal_names_are_told_apart_by_their_paths(keraslm_json, train, text):
    paths = [train("a/model.keras", delta=1.0), train("b/model.keras", delta=0.1)]
    found = keraslm_json("compare", *paths, "--text", text)
    names = {model["name"] for model in found["models"]}
    assert names == {f"ngram-2 additive ({path.parent})" for path in paths}


def test_a_name_of_its_own_stays():
    assert labels(["lstm", "gru", "lstm"], ["x/model.keras", "y", "z"]) == [
        "lstm (x)",
        "gru",
        "lstm (z)",
    ]


def test_the_picture(keraslm, train, text, tmp_path):
    paths = [train(f"{n}.keras", order=n) for n in (1, 2)]
    out = tmp_path / "c.png"
    assert str(out) in keraslm("compare", *paths, "--text", text, "--out", out).stdout
    assert out.read_bytes().startswith(b"\x89PNG")


def test_on_village_the_last_rows_are_the_grammar_and_the_entropy(
    keraslm, keraslm_json, train, tmp_path
):
    model = train("v.keras", village.text("train", 20_000))
    found = keraslm_json("compare", model, "--text", "village:test:2000")
    own = village.text("test", 200).splitlines()
    grammar = found["floor"]["grammar"]["perplexity"]
    costs = [village.token_log_probabilities(line) for line in own]
    # all words of these 200 tokens are known: the mean cost of a token by the grammar
    assert grammar == pytest.approx(math.exp(-np.concatenate(costs).mean()))
    entropy = found["floor"]["entropy"]["perplexity"]
    assert entropy == pytest.approx(village.lowest_perplexity())
    assert found["models"][0]["perplexity"] > grammar
    copy = tmp_path / "copy.txt"  # the language is known by its lines, not by a name
    copy.write_text(village.text("test", 200), "utf-8")
    shown = keraslm("compare", model, "--text", copy).stdout.splitlines()
    assert shown[1].split()[:4] == ["model", "perplexity", "above", "grammar"]
    assert shown[3].startswith("grammar, same text")
    assert f"{grammar:.4f}" in shown[3]
    assert shown[4].startswith("entropy of the language")
    assert f"{village.lowest_perplexity():.4f}" in shown[4]
    above = found["models"][0]["perplexity"] / grammar - 1
    assert f"{above:.1%}" in shown[2]


def test_a_text_that_only_begins_like_village_has_no_floor(
    keraslm_json, train, tmp_path
):
    model = train("v.keras", village.text("train", 20_000))
    text = tmp_path / "text.txt"
    text.write_text(village.text("test", 3000) + "dog dog dog .\n", "utf-8")
    assert keraslm_json("compare", model, "--text", text)["floor"] is None


def test_on_village_by_character_the_floor_is_of_characters(keraslm_json, train):
    text = village.text("train", 20_000)
    model = train("c.keras", text, "char", order=4)
    found = keraslm_json("compare", model, "--text", "village:test:2000")
    card = found["models"][0]
    for figures in found["floor"].values():
        assert figures["nats_per_token"] < card["nats_per_token"]
        bits = figures["nats_per_token"] / math.log(2)
        assert figures["bits_per_character"] == pytest.approx(bits)
        # 7.3 a word, of about five letters and a space
        assert 1.2 < figures["perplexity"] < 2.0


UNKNOWN = "the dog sees a bear\nthe owl barks\n"  # bear and owl: 2 of 10 tokens


def test_unknown_tokens_have_their_column_and_a_warning(
    keraslm, keraslm_json, train, tmp_path
):
    text = tmp_path / "unknown.txt"
    text.write_text(UNKNOWN)
    # with delta 100 all tokens are about as likely, <unk> too; with .01 it is not
    paths = [train("a.keras", delta=100.0), train("b.keras", delta=0.01)]
    found = keraslm_json("compare", *paths, "--text", text)
    flat, sharp = (
        next(m for m in found["models"] if m["path"] == str(path)) for path in paths
    )
    assert flat["perplexity"] < sharp["perplexity"]
    assert flat["perplexity_without_oov"] > sharp["perplexity_without_oov"]
    assert found["models"][0] == sharp
    shown = keraslm("compare", *paths, "--text", text).stdout
    assert "2 of them <unk>; ranked by perplexity of known tokens" in shown
    assert "known tokens" in shown.splitlines()[1]
    assert "Warning: 2 of the 10 tokens (20.0%) are unknown" in shown
    out = tmp_path / "c.svg"
    assert keraslm("compare", *paths, "--text", text, "--out", out).exit_code == 0
    drawn = out.read_text("utf-8")
    assert "known tokens" in drawn
    assert "all tokens" in drawn


def test_another_vocabulary_leaves_bits_a_character_and_says_what_to_do(
    keraslm, keraslm_json, model, train, text, tmp_path
):
    other = train("o.keras", TEXT + "more words and yet more\n", order=3)
    out = tmp_path / "c.svg"
    shown = keraslm("compare", model, other, "--text", text, "--out", out).stdout
    assert "perplexity" not in shown.splitlines()[1]
    assert "Only bits a character compare these models" in shown
    # <unk>, </s>, the dog barks cat sleeps a sees; the larger has 12
    assert "train ngram-3 additive again with --vocabulary-size 9" in shown
    assert not re.search("[0-9a-f]{13}", shown)
    assert "bits a character" in out.read_text("utf-8")
    found = keraslm_json("compare", model, other, "--text", text)
    assert found["compared_in"] == "bits_per_character"


def test_other_levels_are_compared_over_the_same_characters(
    keraslm, keraslm_json, model, train, tmp_path
):
    text = tmp_path / "unknown.txt"
    text.write_text(UNKNOWN)
    other = train("c.keras", TEXT * 2, "char")
    found = keraslm_json("compare", model, other, "--text", text)
    words, characters = (
        next(m for m in found["models"] if m["level"] == level)
        for level in ("word", "char")
    )
    spelt = "bits_per_character_with_spelling"
    # bear and owl are 4 and 3 bytes, and an end each: 9 of 8 bits over 34 characters
    added = words[spelt] - words["bits_per_character"]
    assert added == pytest.approx(9 * 8 / 34)
    # the letter w is not in the other's text: 1 byte and its end
    assert characters[spelt] - characters["bits_per_character"] == pytest.approx(
        2 * 8 / 34
    )
    costs = [m[spelt] for m in found["models"]]
    assert costs == sorted(costs)
    shown = keraslm("compare", model, other, "--text", text).stdout
    assert "unknown tokens are paid for as <unk> and then spelt" in shown


def test_white_space_that_words_do_not_predict_is_said(keraslm, model, train, tmp_path):
    text = tmp_path / "wide.txt"
    text.write_text("the   dog  sleeps\n\ta cat barks\n")
    other = train("c.keras", text.read_text(), "char")
    shown = keraslm("compare", model, other, "--text", text).stdout
    # two spaces, one and a tab more than single spaces between words
    assert "4 of the 31 characters are white space that models of words do not" in shown


@pytest.mark.parametrize("level", ["word", "char"])
def test_a_mixture_of_other_tokens_is_refused_with_advice(
    keraslm, refused, model, train, text, tmp_path, level
):
    other = train("o.keras", TEXT + "more words and yet more\n", level)
    valid = tmp_path / "valid.txt"
    valid.write_text("the cat sleeps\n")
    options = ("--text", text, "--interpolate", "--valid", valid)
    way = "--vocabulary-size 9" if level == "word" else "level and vocabulary"
    refused(keraslm("compare", model, other, *options), 2, way)


def test_the_same_model_twice_is_refused(keraslm, refused, model, text):
    refused(keraslm("compare", model, model, "--text", text), 2, "twice")


def test_a_picture_never_replaces_a_model(keraslm, refused, model, text):
    before = model.read_bytes()
    result = keraslm("compare", model, "--text", text, "--out", model)
    refused(result, 2, ".png")
    assert model.read_bytes() == before


def test_an_infinite_perplexity_comes_last(keraslm, train, text):
    paths = [train("u.keras", delta=0.0), train("s.keras", delta=0.1)]
    shown = keraslm("compare", *paths, "--text", text).stdout.splitlines()
    assert "u.keras" in shown[3]
    assert " infinite " in shown[3]


def test_a_figure_of_the_training_text_stands_beside_no_test(
    keraslm, refused, tmp_path, text
):
    # both know the same letters, and one of them knows the text by heart
    other = tmp_path / "other.txt"
    other.write_text("".join(sorted(text.read_text(), reverse=True)))
    runs = [tmp_path / "one", tmp_path / "two"]
    for run, read in zip(runs, (text, other), strict=True):
        options = ("--level", "char", "--model", "ngram", "--split", "100")
        assert keraslm("train", read, *options, "--out", run).exit_code == 0
    result = keraslm("compare", *runs, "--text", text)
    refused(result, 2, "the part is 'train' for")
    third = tmp_path / "three"
    assert keraslm("train", text, *options, "--order", 2, "--out", third).exit_code == 0
    shown = keraslm("compare", runs[0], third, "--text", text).stdout.splitlines()
    assert shown[0].startswith("text.txt, the training text: ")
