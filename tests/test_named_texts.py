"""What the command line opens by name opens in Python, too."""

import pytest

import keraslm
from keraslm.errors import UsageError
from keraslm.text import Corpus, Text, open_corpus, open_text
from keraslm.training import Configuration, train
from keraslm_datasets import village
from keraslm_datasets.catalogue import open_dataset


def test_a_dataset_is_a_corpus():
    corpus = open_corpus("village:small")
    assert corpus.name == "village"
    assert corpus.valid.sha256 == open_dataset("village", "small").valid.sha256


@pytest.mark.parametrize(
    ("name", "split", "tokens"),
    [
        ("village:valid:2000", "valid", 200),
        ("village:test:small", "test", 2000),
        ("village:train:small", "train", 20_000),
    ],
)
def test_a_split_of_a_dataset_is_a_text(name, split, tokens):
    text = open_text(name)
    assert text.name == name
    assert "".join(text.chunks()) == village.text(split, tokens)


def test_a_file_of_that_name_comes_first(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "village").write_text("a file\n")
    assert "".join(open_text("village").chunks()) == "a file\n"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("village:exam", "train, valid, test"),
        ("village:test:huge", "small, medium, large"),
        ("vilage:test", "did you mean village"),
        ("nowhere.txt", "there is no file or folder"),
    ],
)
def test_what_is_neither_a_file_nor_a_dataset(name, said):
    with pytest.raises(UsageError, match=said):
        open_text(name)


def test_training_and_measuring_take_names(tmp_path):
    c = Configuration(model="ngram", corpus="village:2000", out=str(tmp_path / "run"))
    run = train(c)
    by_name = run.model.evaluate("village:valid:2000")
    whole = Text.from_string(village.text("valid", 200))
    assert by_name.perplexity == run.model.evaluate(whole).perplexity
    (tmp_path / "text.txt").write_text(village.text("valid", 200))
    assert run.model.evaluate(tmp_path / "text.txt").perplexity == by_name.perplexity
    again = train(c, "village:2000", overwrite=True)
    assert again.card.perplexity == run.card.perplexity
    mixture = keraslm.Mixture.fit([run.model, again.model], "village:valid:2000")
    assert mixture.weights.sum() == pytest.approx(1)


@pytest.fixture
def small():
    return Corpus("small", *(Text.from_string("a b c\nb a\n" * n) for n in (200, 20)))


OPTIONS = {"units": 4, "embedding": 4, "layers": 1, "batch_size": 2, "time": 5}


def test_training_is_silent(small, tmp_path, capfd):
    c = Configuration(model="lstm", steps=6, out=str(tmp_path / "run"), **OPTIONS)
    train(c, small)
    out, _ = capfd.readouterr()  # TensorFlow writes to the other one as it starts
    assert out == ""


def test_training_shows_its_progress_if_asked(small, tmp_path, capsys):
    c = Configuration(
        model="lstm", steps=6, valid_steps=2, out=str(tmp_path / "run"), **OPTIONS
    )
    run = train(c, small, verbose=True)
    lines = capsys.readouterr().out.splitlines()
    validations = [line for line in lines if "valid perplexity" in line]
    assert [line.split(",")[0] for line in validations] == [
        "step 2",
        "step 4",
        "step 6",
    ]
    assert " left" in validations[1]  # a third of the steps are still to come
    assert f"{run.card.perplexity:,.2f}" in validations[-1]
