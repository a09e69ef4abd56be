"""A run measures what it read at its start, and leaves nothing if it never starts."""

import pathlib
import sys

import pytest

import keraslm
from keraslm.errors import CorpusChanged, MissingExtra, UsageError
from keraslm.ladder import Ladder
from keraslm.text import open_corpus
from keraslm.training import Reporter
from keraslm.training.board import Board
from keraslm.training.run import train
from tests.training.conftest import SENTENCES

PARTS = {"train": SENTENCES * 9, "valid": SENTENCES, "test": "the cat sees the dog\n"}


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "parts"
    path.mkdir()
    for part, text in PARTS.items():
        (path / f"{part}.txt").write_text(text)
    return path


class Meanwhile(Reporter):
    """Does something as soon as a run has a row of its history."""

    def __init__(self, act):
        self.act = act

    def training(self, fraction, row):
        self.act()


@pytest.mark.parametrize("model", ["ngram", "bigram"])
@pytest.mark.parametrize("becomes", [None, "a dog barks\n"])
def test_the_card_is_of_the_text_that_was_read(small, folder, tmp_path, model, becomes):
    def act():
        for part in PARTS:
            (folder / f"{part}.txt").unlink(missing_ok=True)
            if becomes:
                (folder / f"{part}.txt").write_text(becomes)

    expected = train(small(model, tmp_path / "one", log_steps=1), open_corpus(folder))
    c = small(model, tmp_path / "two", log_steps=1)
    card = train(c, open_corpus(folder), reporter=Meanwhile(act)).card
    assert card.text_sha256 == expected.card.text_sha256
    assert card.nats_per_token == expected.card.nats_per_token
    assert card.characters == len(PARTS["test"])


def test_a_run_whose_test_text_has_changed_is_not_resumed(small, folder, tmp_path):
    c = small("bigram", tmp_path / "run", steps=3)
    train(c, open_corpus(folder))
    (folder / "test.txt").write_text("a dog barks\n")
    longer = small("bigram", tmp_path / "run", steps=5)
    with pytest.raises(UsageError, match=r"whose test text \(SHA-256\) was"):
        train(longer, open_corpus(folder), resume=True)


@pytest.mark.parametrize("model", ["ngram", "bigram"])
def test_a_finished_run_of_another_text_is_not_called_finished(
    small, folder, tmp_path, model
):
    c = small(model, tmp_path / "run")
    done = train(c, open_corpus(folder)).card
    assert train(c, open_corpus(folder), resume=True).card == done
    (folder / "train.txt").write_text("a dog barks\n" * 9)
    with pytest.raises(UsageError, match="a finished run of another text"):
        train(c, open_corpus(folder), resume=True)


def test_a_ladder_ends_where_its_text_changes_and_goes_on_with_the_old(
    folder, tmp_path
):
    def ladder(reporter=None):
        names = ["unigram", "additive-3"]
        corpus = open_corpus(folder)
        return Ladder(corpus, tmp_path / "ladder", 1, names, reporter=reporter)

    change = Meanwhile(lambda: (folder / "test.txt").write_text("a dog barks\n"))
    with pytest.raises(CorpusChanged, match=r"test\.txt has changed"):
        ladder(change).climb()
    with pytest.raises(UsageError, match=r"a ladder with another test text"):
        ladder()
    (folder / "test.txt").write_text(PARTS["test"])
    results = ladder().climb()
    assert [result.failure for result in results] == ["", ""]
    assert {result.card["characters"] for result in results} == {len(PARTS["test"])}


def test_a_missing_extra_is_told_before_the_folder_is_made(
    small, corpus, tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, "tensorboard.summary", None)
    with pytest.raises(MissingExtra, match=r"keraslm\[tensorboard\]"):
        train(small("bigram", tmp_path / "run", tensorboard=True), corpus)
    assert not (tmp_path / "run").exists()


class Broken(Exception):
    """Whatever may fail between the text and the first step."""


def fail(*_):
    raise Broken


def test_what_fails_before_the_first_step_leaves_no_folder(
    small, corpus, tmp_path, monkeypatch
):
    c = small("bigram", tmp_path / "runs/one", tensorboard=True)
    with monkeypatch.context() as patch:
        patch.setattr(Board, "__init__", fail)
        with pytest.raises(Broken):
            train(c, corpus)
    assert not (tmp_path / "runs/one").exists()
    train(c, corpus)  # the next try is not refused
    assert keraslm.load(c.out).name == "bigram"


def test_what_was_in_the_folder_before_stays(small, corpus, tmp_path, monkeypatch):
    c = small("bigram", tmp_path / "run")
    (tmp_path / "run").mkdir()
    (tmp_path / "run/notes.txt").write_text("mine")
    with monkeypatch.context() as patch:
        patch.setattr("keraslm.training.run.new_network", fail)
        with pytest.raises(Broken):
            train(c, corpus)
        assert [p.name for p in (tmp_path / "run").iterdir()] == ["notes.txt"]
        pathlib.Path(c.out, "config.toml").write_text('model = "bigram"\n')
        with pytest.raises(Broken):
            train(c, corpus, overwrite=True)
    assert (tmp_path / "run/config.toml").exists()
