"""keraslm compare: one text, one table, one picture, or a refusal that names why."""

import math

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
        str(paths[0]): "ngram-1",
        str(paths[1]): "ngram-2",
    }
    assert [m["parameters"] > 0 for m in found["models"]] == [True, True]
    assert found["lowest_possible"] is None
    shown = keraslm("compare", *paths, "--text", text).stdout.splitlines()
    assert "perplexity" in shown[1]
    assert f"{perplexities[0]:.4f}" in shown[2]
    assert "lowest possible" not in "".join(shown)


def test_equal_names_are_told_apart_by_their_paths(keraslm_json, train, text):
    paths = [train("a/model.keras", delta=1.0), train("b/model.keras", delta=0.1)]
    found = keraslm_json("compare", *paths, "--text", text)
    names = {model["name"] for model in found["models"]}
    assert names == {f"ngram-2 ({path.parent})" for path in paths}


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


def test_on_village_the_last_row_is_the_lowest_possible(
    keraslm, keraslm_json, train, tmp_path
):
    model = train("v.keras", village.text("train", 20_000))
    found = keraslm_json("compare", model, "--text", "village:test:2000")
    assert found["lowest_possible"]["perplexity"] == village.lowest_perplexity()
    assert found["models"][0]["perplexity"] > village.lowest_perplexity()
    copy = tmp_path / "copy.txt"  # the language is known by its lines, not by a name
    copy.write_text(village.text("test", 200), "utf-8")
    shown = keraslm("compare", model, "--text", copy).stdout.splitlines()
    assert shown[-1].startswith("lowest possible")
    assert f"{village.lowest_perplexity():.4f}" in shown[-1]


def test_on_village_by_character_the_floor_is_of_characters(keraslm_json, train):
    text = village.text("train", 20_000)
    model = train("c.keras", text, "char", order=4)
    found = keraslm_json("compare", model, "--text", "village:test:2000")
    floor, card = found["lowest_possible"], found["models"][0]
    assert floor["nats_per_token"] < card["nats_per_token"]
    bits = floor["nats_per_token"] / math.log(2)
    assert floor["bits_per_character"] == pytest.approx(bits)
    # 8.7 a word, of about five letters and a space
    assert 1.2 < floor["perplexity"] < 2.0


@pytest.mark.parametrize(
    ("level", "extra", "field"),
    [("word", "more words\n", "vocabulary_hash"), ("char", "", "level")],
)
def test_figures_of_different_things_are_refused(
    keraslm, refused, model, train, text, level, extra, field
):
    other = train("o.keras", TEXT + extra, level)
    refused(keraslm("compare", model, other, "--text", text), 2, field)


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
