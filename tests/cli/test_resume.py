"""keraslm resume and verify-resume; what training keeps is tested in tests/training."""

import pytest

from keraslm_cli import killed_run


@pytest.fixture
def run(keraslm, text, tmp_path):
    """A run of counts that is begun with --resume, as a script would."""
    folder = tmp_path / "run"
    result = keraslm("train", text, "--model", "ngram", "--out", folder, "--resume")
    assert result.exit_code == 0, result.output
    return folder


def test_a_finished_run_is_said_to_be_finished(keraslm, run):
    before = {path: path.read_bytes() for path in run.iterdir()}
    result = keraslm("resume", run)
    assert result.exit_code == 0
    assert "finished" in result.stderr
    assert result.stdout.startswith(f"{run}: ngram-3 modified-kneser-ney, perplexity ")
    assert {path: path.read_bytes() for path in run.iterdir()} == before


def test_a_text_that_was_moved_is_named(keraslm, refused, run, text):
    (run / "model.keras").unlink()  # as if it had been killed
    moved = text.rename(text.with_name("moved.txt"))
    refused(keraslm("resume", run), 2, "sentences.txt", "--corpus")
    result = keraslm("resume", run, "--corpus", moved)
    assert result.exit_code == 0, result.output
    assert "starts over" in result.stderr
    assert (run / "model.keras").exists()


def test_relative_files_are_found_from_elsewhere(keraslm, text, tmp_path, monkeypatch):
    start, elsewhere = tmp_path / "start", tmp_path / "elsewhere"
    start.mkdir()
    elsewhere.mkdir()
    monkeypatch.chdir(start)
    text.rename(start / "text.txt")
    begun = keraslm("train", "text.txt", "--model", "ngram", "--out", "runs/one")
    (start / "runs/one/model.keras").unlink()
    monkeypatch.chdir(elsewhere)
    result = keraslm("resume", "../start/runs/one")
    assert result.exit_code == 0, result.output
    assert result.stdout.partition(": ")[2] == begun.stdout.partition(": ")[2]
    assert not any(elsewhere.iterdir())


def test_vectors_that_were_moved_are_named(keraslm, refused, run):
    with (run / "config.toml").open("a") as options:
        options.write('embeddings = "gone.txt"\n')
    refused(keraslm("resume", run), 2, "was begun with gone.txt", "put it there")


def test_other_options_are_refused(keraslm, refused, run, text):
    arguments = ("train", text, "--model", "ngram", "--out", run, "--resume")
    refused(keraslm(*arguments, "--order", 2), 2, "order was 3; received 2")


def test_a_folder_without_a_run_cannot_go_on(keraslm, refused, tmp_path):
    refused(keraslm("resume", tmp_path), 2, "no run in", "config.toml")


@pytest.mark.parametrize("other", ["--overwrite", "--find-rate"])
def test_resume_stands_alone(keraslm, refused, text, tmp_path, other):
    arguments = ("train", text, "--out", tmp_path / "run", "--resume", other)
    refused(keraslm(*arguments), 2, "--resume", other)


@pytest.mark.xla  # as in the process that is killed
@pytest.mark.long
def test_a_run_that_is_killed_and_resumed_is_compared(keraslm_json):
    (row,) = keraslm_json("verify-resume", "--model", "neural-ngram", "--steps", 10)
    assert (row["resumed"], row["killed after"]) == ("identical", 5)
    assert row["rows"] > 10
    assert row["numbers"] > 1000


@pytest.mark.xla  # as in the process that is killed
@pytest.mark.long
def test_varied_windows_and_sampled_words_are_compared_too(keraslm_json):
    models = ("--model", "lstm-vary-time", "--model", "lstm-sampled")
    rows = keraslm_json("verify-resume", *models, "--steps", 10)
    assert [row["resumed"] for row in rows] == ["identical", "identical"]


@pytest.mark.long
def test_models_of_tasks_are_compared_too(keraslm_json):
    models = ("masked-bilstm", "masked-bert", "tagger", "classifier")
    asked = [word for model in (*models, "translator") for word in ("--model", model)]
    rows = keraslm_json("verify-resume", "village:small", *asked, "--steps", 10)
    assert [row["resumed"] for row in rows] == ["identical"] * 5


def test_a_difference_is_a_status_of_its_own(keraslm, monkeypatch):
    found = {"steps": 4, "killed after": 2, "rows": 5, "arrays": 9, "numbers": 100}
    found["resumed"] = "DIFFERENT: history"
    monkeypatch.setattr(killed_run, "compare_with_killed", lambda *_: found)
    result = keraslm("verify-resume", "--model", "lstm", "--steps", 4)
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-1].endswith("DIFFERENT: history")
