"""keraslm train --task tag, keraslm tag, and keraslm evaluate of a tagger."""

import json

import pytest


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """A folder with three parts."""
    folder = tmp_path_factory.mktemp("corpus") / "small"
    folder.mkdir()
    for part, times in (("train", 3), ("valid", 1), ("test", 1)):
        text = "the\tDT\ndog\tNN\nbarks\tVBZ\n\n" * times + "it\tPRP\nbarks\tVBZ\n\n"
        (folder / f"{part}.txt").write_text(text)
    return folder


@pytest.fixture
def counted(keraslm, corpus, tmp_path):
    """The baseline, trained by the command."""
    out = tmp_path / "run"
    how = ("--task", "tag", "--model", "most-frequent", "--out", out)
    result = keraslm("train", corpus, *how)
    assert result.exit_code == 0, result.output
    assert "100.00%  of 5 words are right" in result.stdout
    return out


def test_the_same_figures_are_printed_written_and_measured_again(
    keraslm, keraslm_json, counted, corpus
):
    written = json.loads((counted / "card.json").read_text())
    found = keraslm_json("evaluate", counted, corpus / "test.txt")
    same = ("accuracy", "n", "by_tag", "confusion", "text_sha256", "part")
    assert [found[name] for name in same] == [written[name] for name in same]
    assert (counted / "confusion.png").stat().st_size > 1000
    shown = keraslm("evaluate", counted, corpus / "test.txt").stdout
    assert "VBZ   100.00%" in shown


def test_words_with_their_tags(keraslm, keraslm_json, counted):
    found = keraslm_json("tag", counted, "the cat barks", "it")
    first, second = found["sentences"]
    assert [word["tag"] for word in first][::2] == ["DT", "VBZ"]
    assert [word["known"] for word in first] == [True, False, True]
    assert second[0]["probability"] == 1.0
    shown = keraslm("tag", counted, stdin="the cat\n\nit barks\n").stdout.splitlines()
    assert shown[2].split() == ["cat", first[1]["tag"], "0.3636", "unknown", "word"]
    assert shown[-1].split() == ["barks", "VBZ", "1.0000"]


@pytest.mark.parametrize("columns", [40, 60, 80, 200])
def test_in_a_terminal_every_line_fits(terminal, counted, corpus, columns):
    for call in (
        ("tag", counted, "the cat"),
        ("evaluate", counted, corpus / "test.txt"),
    ):
        lines = terminal(columns, *call)
        assert max(map(len, lines)) <= columns
        assert any("DT" in line for line in lines)


def test_a_run_again_by_its_configuration(keraslm, counted, corpus, tmp_path):
    config = counted / "config.toml"
    again = ("--config", config, "--out", tmp_path / "again")
    assert keraslm("train", "--task", "tag", *again).exit_code == 0
    first, second = (
        json.loads((out / "card.json").read_text())["confusion"]
        for out in (counted, tmp_path / "again")
    )
    assert first == second


def test_a_finished_run_is_said_to_be_finished(keraslm, counted, corpus):
    before = {path: path.read_bytes() for path in counted.iterdir()}
    for result in (
        keraslm("resume", counted),
        keraslm(
            "train", "--config", counted / "config.toml", "--task", "tag", "--resume"
        ),
    ):
        assert result.exit_code == 0, result.output
        assert "it is finished" in result.stderr
        assert "100.00%  of 5 words are right" in result.stdout
    assert {path: path.read_bytes() for path in counted.iterdir()} == before
    (counted / "card.json").unlink()  # as if it had been killed
    result = keraslm("resume", counted, "--corpus", corpus)
    assert result.exit_code == 0, result.output
    assert "starts over" in result.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--model", "ngram"), "--model must be one of bilstm"),
        (("--order", 3), "--order is no option of"),
        (("--resume", "--overwrite"), "--resume"),
        (("--model", "most-frequent", "--units", 3), "leave --units out"),
        (("--units", 0), "--units must be a whole number"),
    ],
)
def test_what_a_tagger_has_not_is_refused(keraslm, refused, corpus, options, said):
    refused(keraslm("train", corpus, "--task", "tag", *options), 2, said)


def test_a_tagger_and_a_language_model_are_told_apart(
    keraslm, refused, counted, model, corpus
):
    refused(keraslm("next", counted, "the"), 2, "is a tagger and no language model")
    refused(keraslm("tag", model, "the dog"), 2, "is a language model, and no tagger")
    config = counted / "config.toml"
    refused(keraslm("train", corpus, "--config", config), 2, "add --task tag")
