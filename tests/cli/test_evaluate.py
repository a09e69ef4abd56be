"""keraslm evaluate: a card for readers, the same card for programs."""

import math

import pytest

from keraslm_datasets import village


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("the dog sleeps\na zyx barks\n", "utf-8")
    return path


def test_the_card_is_a_json_object(keraslm_json, model, text):
    card = keraslm_json("evaluate", model, text)
    # the dog sleeps </s> a zyx barks </s>
    assert (card["tokens"], card["end_of_line_tokens"], card["oov_tokens"]) == (8, 2, 1)
    assert card["perplexity"] == pytest.approx(math.exp(card["nats_per_token"]))
    assert card["perplexity_without_oov"] < card["perplexity"]
    total_bits = card["nats_per_token"] * 8 / math.log(2)
    assert card["bits_per_character"] == pytest.approx(total_bits / 27)
    assert card["command"] == f"keraslm evaluate {model} {text}"
    assert list(card) == [key.lower() for key in card]


def test_the_card_is_read_with_units_and_rules(keraslm, keraslm_json, model, text):
    shown = keraslm("evaluate", model, text).stdout
    card = keraslm_json("evaluate", model, text)
    assert f"{card['perplexity']:.4f}" in shown
    for words in (
        "nats per token",
        "bits per byte",
        "</s>",
        "<unk>",
        "the last 1 token",
    ):
        assert words in shown


def test_an_infinite_figure_is_null_and_is_said(keraslm, keraslm_json, train, text):
    unsmoothed = train(delta=0.0)
    card = keraslm_json("evaluate", unsmoothed, text)
    assert card["perplexity"] is None
    assert card["nats_per_token"] is None
    assert "infinite" in keraslm("evaluate", unsmoothed, text).stdout


def test_chinese_by_character(keraslm_json, chinese):
    card = keraslm_json("evaluate", chinese, "-", stdin="春眠不觉晓\n夜来风雨声\n")
    assert (card["tokens"], card["oov_tokens"], card["level"]) == (12, 0, "char")
    assert card["bytes"] == 32
    assert card["bits_per_character"] == pytest.approx(card["bits_per_byte"] * 32 / 12)


def test_another_encoding(keraslm_json, chinese, tmp_path):
    (tmp_path / "gb.txt").write_bytes("春眠不觉晓\n".encode("gb18030"))
    arguments = ("evaluate", chinese, tmp_path / "gb.txt", "--encoding", "gb18030")
    assert keraslm_json(*arguments)["oov_tokens"] == 0


def test_a_dataset_by_name(keraslm_json, train):
    model = train("v.keras", village.text("train", 2000))
    card = keraslm_json("evaluate", model, "village:valid:2000")
    assert card["text"] == "village:valid:2000"
    assert card["tokens"] >= 200
    same = keraslm_json("evaluate", model, "-", stdin=village.text("valid", 200))
    assert same["text_sha256"] == card["text_sha256"]


def test_a_file_comes_before_a_dataset_of_its_name(
    keraslm_json, model, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "village").write_text("the dog\n", "utf-8")
    assert keraslm_json("evaluate", model, "village")["tokens"] == 3


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("village:exam", "train, valid, test"),
        ("village:test:huge", "small, medium, large"),
        ("village:test:small:x", "NAME[:SPLIT[:SIZE]]"),
        ("vilage:test", "did you mean village"),
        ("nowhere.txt", "no file or folder"),
    ],
)
def test_a_text_that_is_not_there(keraslm, refused, model, name, words):
    refused(keraslm("evaluate", model, name), 2, words)


def test_a_text_with_none_of_the_vocabulary(keraslm, refused, model):
    refused(keraslm("evaluate", model, "-", stdin="春 眠\n不 觉\n"), 1, "vocabulary")


def test_an_empty_text(keraslm, refused, model, tmp_path):
    (tmp_path / "empty.txt").write_text("")
    refused(keraslm("evaluate", model, tmp_path / "empty.txt"), 1, "empty")


def test_a_model_that_is_not_there(keraslm, refused, text):
    refused(keraslm("evaluate", "none.keras", text), 2, "none.keras")


def test_a_model_cut_in_half(keraslm, refused, model, text):
    model.write_bytes(model.read_bytes()[:300])
    refused(keraslm("evaluate", model, text), 1, str(model))


def test_the_text_is_named_as_for_compare(keraslm_json, keraslm, refused, model, text):
    named = keraslm_json("evaluate", model, "--text", text)
    assert named["perplexity"] == keraslm_json("evaluate", model, text)["perplexity"]
    assert named["command"] == f"keraslm evaluate {model} {text}"
    refused(keraslm("evaluate", model, text, "--text", text), 2, "twice", str(text))
    refused(keraslm("evaluate", model), 2, "TEXT")
