"""The flags of a training on several devices: what does not fit is refused at once."""

import pytest

VARIABLES = ("SLURM_STEP_NODELIST", "JOB_COMPLETION_INDEX", "COORDINATOR_ADDRESS")


@pytest.fixture(autouse=True)
def no_cluster(monkeypatch):
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--coordinator", "h:1"], "--coordinator goes with --distribute data"),
        (["--wait", "3"], "--wait goes with --distribute data"),
        (
            ["--distribute", "data", "--coordinator", "h:1"],
            "--coordinator is known, --processes, --process is missing",
        ),
        (
            ["--distribute", "data", "--coordinator", "h:1", "--processes", "2"],
            "--process is missing",
        ),
        (
            "--distribute data --coordinator h:1 --processes 2 --process 2".split(),
            "--process must be one of 0 to 1",
        ),
        (["--distribute", "data", "--task", "tag"], "is for one device"),
        (["--distribute", "data", "--objective", "masked"], "is for one device"),
        (["--distribute", "data", "--find-rate"], "is for one device"),
        (["--distribute", "data", "--model", "ngram"], "ngram is counted"),
    ],
)
def test_flags_that_do_not_fit_are_refused(keraslm, tmp_path, flags, said):
    result = keraslm("train", "village", *flags, "--out", tmp_path / "run")
    assert result.exit_code == 2
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("backend", ["tensorflow", "torch"])
def test_other_backends_are_refused_with_the_reason(
    keraslm, tmp_path, monkeypatch, backend
):
    monkeypatch.setattr("keraslm.training.several.check_backend", lambda: None)
    monkeypatch.setattr("keraslm.training.several.chosen_backend", lambda: backend)
    out = tmp_path / "run"
    result = keraslm("train", "village", "--distribute", "data", "--out", out)
    assert result.exit_code == 2
    assert "--distribute data needs JAX" in result.stderr
    assert f"received {backend}" in result.stderr
    assert not out.exists()


def test_resume_has_the_flags_too(keraslm, tmp_path):
    (tmp_path / "config.toml").write_text('model = "lstm"\n', encoding="utf-8")
    result = keraslm("resume", tmp_path, "--processes", "2")
    assert result.exit_code == 2
    assert "--processes goes with --distribute data" in result.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["config.toml"]
