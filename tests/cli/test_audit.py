"""keraslm audit: a table with figures, and an exit status."""

import pytest

TRAIN = "the dog barks\nthe cat sleeps\nthe dog sleeps\na cat sees the dog\n"


def test_a_sound_model_passes(keraslm, model):
    result = keraslm("audit", model)
    assert result.exit_code == 0, result.output
    rows = result.stdout.splitlines()
    assert [row.split("  ")[0] for row in rows[1:]] == [
        "file",
        "sums to one",
        "probabilities",
        "causal",
        "stream = batch",
        "deterministic",
    ]
    assert all(" pass " in row for row in rows[1:])


def test_the_texts_are_compared(keraslm_json, model, tmp_path):
    (tmp_path / "train.txt").write_text(TRAIN)
    (tmp_path / "test.txt").write_text("the dog barks\na dog sees the dog\n")
    texts = ("--text", tmp_path / "test.txt", "--train", tmp_path / "train.txt")
    found = keraslm_json("audit", model, *texts)["checks"]
    figures = {check["name"]: check["figure"] for check in found}
    assert figures["vocabulary leak"] == 0
    assert figures["lines in training"] == 0.5


def test_a_leak_fails(keraslm, model, tmp_path):
    (tmp_path / "train.txt").write_text("the dog barks\n")
    (tmp_path / "test.txt").write_text("a cat sees the dog\n")
    texts = ("--text", tmp_path / "test.txt", "--train", tmp_path / "train.txt")
    result = keraslm("audit", model, *texts)
    assert result.exit_code == 1
    assert "fails: vocabulary leak" in result.stderr
    assert "FAIL" in result.stdout


def test_training_alone_is_nothing_to_compare(keraslm, model, refused):
    refused(keraslm("audit", model, "--train", "village"), 2, "--text")


@pytest.fixture
def counts(keraslm, tmp_path):
    """A file of counts that back off."""
    (tmp_path / "text.txt").write_text(TRAIN * 9)
    run = tmp_path / "run"
    keraslm("train", tmp_path / "text.txt", "--model", "ngram", "--out", run)
    return run / "model.keras"


def test_a_file_that_is_mapped_is_read_whole(keraslm, counts, refused, monkeypatch):
    monkeypatch.setattr("keraslm.counts.reading.WHOLE", 0)
    assert "faults in" in keraslm("audit", counts).stdout
    data = bytearray(counts.read_bytes())
    data[data.rindex(b"\x93NUMPY") + 130] ^= 1
    counts.write_bytes(data)
    refused(keraslm("audit", counts), 1, "is damaged at keraslm/arrays/log-b-")


def test_a_quantised_model_passes_within_its_rounding(keraslm, counts, tmp_path):
    out = tmp_path / "small.keras"
    given = ("--format", "keraslm", "--quantize", 2)
    assert keraslm("export", counts, out, *given).exit_code == 0
    result = keraslm("audit", out)
    assert result.exit_code == 0, result.output
