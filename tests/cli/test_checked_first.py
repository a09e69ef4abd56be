"""What cannot be is refused before the work, and leaves nothing behind."""

import importlib.util
import pathlib
import sys

import pytest

import keraslm as library
from keraslm_cli.commands import demo
from tests.cli.conftest import SENTENCES

UNSET = "it is empty; is it a variable that is not set?"


@pytest.fixture
def never(monkeypatch):
    """Fail where a model is opened or a text of a corpus is read."""

    def opened(*_):
        raise AssertionError("this is the work")

    monkeypatch.setattr(library, "load", opened)
    monkeypatch.setattr("keraslm.text.corpus.open_corpus", opened)
    monkeypatch.setattr("keraslm.text.corpus.open_text", opened)


@pytest.mark.parametrize(
    "command",
    [
        ("train", ""),
        ("train", "a.txt", "--out", ""),
        ("train", "a.txt", "--config", ""),
        ("train", "a.txt", "--recipe="),
        ("train", "a.txt", "--embeddings", ""),
        ("train", "a.txt", "--init-from", ""),
        ("train", "a.txt", "--classes", ""),
        ("resume", ""),
        ("resume", "run", "--corpus", ""),
        ("verify-resume", ""),
        ("evaluate", "", "a.txt"),
        ("evaluate", "m.keras", ""),
        ("compare", "", "--text", "a.txt"),
        ("compare", "m.keras", "--text", ""),
        ("compare", "m.keras", "n.keras", "--text", "a.txt", "--valid", ""),
        ("compare", "m.keras", "--text", "a.txt", "--out", ""),
        ("ladder", "", "--minutes", 1),
        ("ladder", "a.txt", "--minutes", 1, "--out", ""),
        ("ladder", "a.txt", "--minutes", 1, "--embeddings", ""),
        ("score", "", "the dog"),
        ("generate", ""),
        ("adopt", "", "--vocabulary", "v.txt", "--out", "x.keras"),
        ("adopt", "m.keras", "--vocabulary", "", "--out", "x.keras"),
        ("audit", ""),
        ("audit", "m.keras", "--text", ""),
        ("audit", "m.keras", "--text", "a.txt", "--train", ""),
        ("export", "", "x.arpa", "--format", "arpa"),
        ("export", "m.keras", "", "--format", "arpa"),
        ("export", "m.keras", "x.html", "--format", "html", "--text", ""),
        ("counts", ""),
        ("counts", "a.txt", "--csv", ""),
        ("counts", "a.txt", "--heatmap", ""),
        ("counts", "a.txt", "--zipf", ""),
        ("classes", ""),
        ("classes", "a.txt", "--out", ""),
        ("embeddings", "train", "", "--out", "v.txt"),
        ("embeddings", "train", "a.txt", "--out", ""),
        ("embeddings", "neighbours", "", "dog"),
        ("embeddings", "plot", "v.txt", "--out", ""),
        ("embeddings", "projector", "v.txt", "--out", ""),
        ("datasets", "export", "village", ""),
        ("demo", "--out", ""),
    ],
    ids=lambda command: " ".join(str(part) or "EMPTY" for part in command),
)
def test_an_empty_argument_is_refused(
    keraslm, refused, never, tmp_path, monkeypatch, command
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(demo, "_village", lambda: pytest.fail("this is the work"))
    for name in ("a.txt", "m.keras", "n.keras", "v.txt"):
        pathlib.Path(name).write_text(SENTENCES)
    before = sorted(tmp_path.rglob("*"))
    refused(keraslm(*command), 2, UNSET)
    assert sorted(tmp_path.rglob("*")) == before


def test_an_empty_prompt_is_none(keraslm, train):
    assert keraslm("generate", train(), "--prompt", "", "--length", 2).exit_code == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--temperature", -1), "temperature must be 0 or more"),
        (("--temperature", "nan"), "temperature must be 0 or more"),
        (("--top-k", 0), "top-k must be 1 or more"),
        (("--top-p", 1.5), "top-p must lie in (0, 1]"),
    ],
)
def test_sampling_is_checked_before_the_model_is_opened(
    keraslm, refused, never, tmp_path, options, words
):
    (tmp_path / "m.keras").touch()
    refused(keraslm("generate", tmp_path / "m.keras", *options), 2, words)


@pytest.mark.parametrize(
    "command",
    [
        ("evaluate", "none.keras", "a.txt"),
        ("compare", "none.keras", "--text", "a.txt"),
        ("audit", "none.keras", "--text", "a.txt"),
        ("score", "none.keras"),
    ],
)
def test_a_missing_model_is_told_before_the_text_is_read(
    keraslm, refused, never, command
):
    refused(keraslm(*command), 2, "there is no model file none.keras")


@pytest.mark.parametrize(
    "command",
    [
        ("evaluate", "m.keras", "none.txt"),
        ("compare", "m.keras", "--text", "none.txt"),
        ("audit", "m.keras", "--text", "none.txt"),
        ("evaluate", "m.keras", "a.txt", "--encoding", "klingon"),
    ],
)
def test_a_missing_text_is_told_before_the_model_is_opened(
    keraslm, refused, tmp_path, monkeypatch, command
):
    monkeypatch.chdir(tmp_path)
    for name in ("a.txt", "m.keras"):
        pathlib.Path(name).touch()
    monkeypatch.setattr(library, "load", lambda _: pytest.fail("this is the work"))
    result = keraslm(*command)
    assert result.exit_code == 2, result.output


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("train", "a.txt", "--model", "ngram", "--units", 5), "units"),
        (("train", "a.txt", "--model", "ngram", "--find-rate"), "no learning rate"),
        (("train", "a.txt", "--model", "lstm", "--order", 3), "order"),
        (("ladder", "a.txt", "--minutes", 1, "--rungs", "katz"), "a rung is one of"),
        (("ladder", "a.txt", "--minutes", 0), "minutes must be more than 0"),
    ],
)
def test_options_are_checked_before_the_text_is_read(
    keraslm, refused, never, command, words
):
    refused(keraslm(*command), 2, words)


@pytest.mark.parametrize("split", ["80/10/10", "90/5/5"])
def test_a_split_that_would_change_nothing_is_refused(
    keraslm, refused, tmp_path, split
):
    for part in ("train", "valid"):
        (tmp_path / f"{part}.txt").write_text(SENTENCES)
    out = ("--out", tmp_path / "out")
    for corpus in ("village:500", tmp_path):
        commands = (("train", "--model", "ngram"), ("ladder", "--minutes", 1))
        for name, *more in commands:
            result = keraslm(name, corpus, *more, "--split", split, *out)
            refused(result, 2, "has parts of its own (train, valid")
    assert not (tmp_path / "out").exists()


def test_a_configuration_that_a_run_wrote_still_works(keraslm, tmp_path):
    train = ("train", "village:500", "--model", "ngram", "--out")
    assert keraslm(*train, tmp_path / "one").exit_code == 0
    config = ("--config", tmp_path / "one/config.toml")
    result = keraslm("train", *config, "--out", tmp_path / "two")
    assert result.exit_code == 0, result.output


def test_an_encoding_of_a_dataset_is_refused(keraslm, refused, train):
    result = keraslm("evaluate", train(), "village:test:500", "--encoding", "latin-1")
    refused(result, 2, "village:test:500 is a dataset, whose encoding is known")
    refused(keraslm("counts", "village", "--encoding", "cp1252"), 2, "is a dataset")


@pytest.mark.parametrize(
    ("backend", "words"),
    [
        ("jax", "KERAS_BACKEND is jax, which is not installed: pip install jax"),
        ("mxnet", "KERAS_BACKEND must be one of tensorflow, jax, torch; received"),
    ],
)
def test_a_backend_that_is_not_there_is_one_line_and_leaves_nothing(
    keraslm, refused, text, tmp_path, monkeypatch, backend, words
):
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, *more: None if name == "jax" else find_spec(name, *more),
    )
    monkeypatch.delitem(sys.modules, "keras", raising=False)
    monkeypatch.setenv("KERAS_BACKEND", backend)
    out = ("--out", tmp_path / "out")
    refused(keraslm("train", text, "--model", "bigram", *out), 2, words)
    refused(keraslm("ladder", text, "--minutes", 1, *out), 2, words)
    assert not (tmp_path / "out").exists()
    # counts need no Keras
    assert keraslm("train", text, "--model", "ngram", *out).exit_code == 0
    assert keraslm("evaluate", tmp_path / "out", text).exit_code == 0


def test_a_missing_tensorboard_leaves_nothing(
    keraslm, refused, text, tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, "tensorboard.summary", None)
    out = tmp_path / "run"
    result = keraslm("train", text, "--model", "bigram", "--tensorboard", "--out", out)
    refused(result, 2, "needs the extra 'tensorboard'")
    assert not out.exists()
