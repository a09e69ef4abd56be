"""A run that was interrupted and resumed comes out as one that never was."""

import dataclasses
import os
import pathlib
import signal

import pytest

import keraslm
from keraslm.errors import Terminated, TrainingError, UsageError
from keraslm.training import resuming
from keraslm.training.checkpoint import Checkpoint
from keraslm.training.clock import Clock
from keraslm.training.history import read_history
from keraslm.training.reporter import Reporter
from keraslm.training.run import train

resource = pytest.importorskip("resource", reason="limits of files are Unix's")

WALL_CLOCK = ("seconds", "tokens_per_second")
OFTEN = {
    "log_steps": 1,
    "valid_steps": 4,
    "sample_steps": 5,
    "checkpoint_steps": 5,
    "keep_last": 2,
    "steps": 13,
    "dropout": 0.2,
    "schedule": "constant",
}
# All that a run can remember: seeds, states, a mean of the weights, a plateau.
RICH = {
    "embedding_dropout": 0.1,
    "weight_drop": 0.2,
    "vary_time": True,
    "softmax": "sampled",
    "samples": 5,
    "average_after": 1,
    "schedule": "plateau",
    "patience": 20,
}


class Gone(BaseException):
    """A process that is no more."""


class At(Reporter):
    """Does something at the first row of a step."""

    def __init__(self, step, act):
        self.step, self.act, self.lines = step, act, []

    def note(self, line):
        self.lines.append(line)

    def training(self, fraction, row):
        if row["step"] == self.step:
            self.step = None
            self.act()


def die():
    raise Gone


def signalled(number):
    return lambda: os.kill(os.getpid(), number)


def what_came_of(c):
    """All that a run leaves but for the time that it took."""
    folder = pathlib.Path(c.out)
    rows = read_history(folder / "history.csv")
    kept = keraslm.load(folder)
    checkpoint = Checkpoint.read(folder / "checkpoint.zip")
    return {
        "rows": [[v for k, v in row.items() if k not in WALL_CLOCK] for row in rows],
        "samples": (folder / "samples.txt").read_text(),
        "files": sorted(str(path.relative_to(folder)) for path in folder.rglob("*")),
        "kept": [weight.tobytes() for weight in kept.keras_model.get_weights()],
        "rows in the model": len(kept.metadata["history"]),
        "place": checkpoint.place,
        "variables": [(a.dtype, a.shape, a.tobytes()) for a in checkpoint.variables],
        "averaging": checkpoint.parts["averaging"],
    }


@pytest.fixture(scope="module")
def text(texts):
    sentences = "the dog barks\nthe cat sleeps\na cat sees the dog\n"
    return texts(sentences * 12, "the dog sleeps\na cat barks\n")


@pytest.fixture
def whole(quick_steps, quick_measures, small, text, tmp_path):
    """A run in one go: its configuration, and what came of it."""
    c = small("trigram", tmp_path / "whole", **OFTEN)
    train(c, text)
    return c, what_came_of(c)


@pytest.fixture
def interrupted(small, text, tmp_path, quick_measures, quick_steps):
    """Begin the same run elsewhere, and interrupt it."""

    def run(step, act, error):
        c = small("trigram", tmp_path / "run", **OFTEN)
        with pytest.raises(error) as caught:
            train(c, text, reporter=At(step, act))
        return c, str(caught.value)

    return run


def assert_same(one, two):
    assert {name: one[name] == two[name] for name in one} == dict.fromkeys(one, True)


def test_a_run_that_died_comes_out_the_same(small, text, tmp_path, quick_measures):
    c = small("lstm", tmp_path / "whole", **(OFTEN | RICH))
    train(c, text)
    again = dataclasses.replace(c, out=str(tmp_path / "run"))
    with pytest.raises(Gone):
        train(again, text, reporter=At(8, die))
    checkpoint = Checkpoint.read(tmp_path / "run/checkpoint.zip")
    assert checkpoint.parts["clock"]["step"] == 5
    reporter = At(None, None)
    train(again, text, reporter=reporter, resume=True)
    assert "going on after step 5" in reporter.lines
    expected = what_came_of(c)
    assert_same(expected, what_came_of(again))
    assert len(expected["rows"]) > 13
    first, *_, last = (row[3] for row in expected["rows"] if row[2] == "train")
    assert float(last) < float(first)  # it learns; or nothing is tested here


def test_sigterm_ends_a_run_after_the_step_and_says_how_to_go_on(
    whole, interrupted, text
):
    c, line = interrupted(9, signalled(signal.SIGTERM), Terminated)
    assert line == f"ended by SIGTERM; continue with: keraslm resume {c.out}"
    assert Terminated.exit_code == 128 + 15
    checkpoint = Checkpoint.read(pathlib.Path(c.out, "checkpoint.zip"))
    assert checkpoint.parts["clock"]["step"] == 9
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    train(c, text, resume=True)
    assert_same(whole[1], what_came_of(c))


def test_ctrl_c_ends_a_run_with_a_model_and_it_can_go_on(whole, text, tmp_path):
    c = dataclasses.replace(whole[0], out=str(tmp_path / "run"))
    reporter = At(9, signalled(signal.SIGINT))
    run = train(c, text, reporter=reporter)
    assert run.folder.card.exists()
    told = next(line for line in reporter.lines if "Interrupted after step 9" in line)
    assert told.endswith(f"continue with: keraslm resume {c.out}")
    train(c, text, resume=True)
    assert_same(whole[1], what_came_of(c))


def test_a_file_that_cannot_be_written_ends_a_run_that_can_go_on(
    whole, interrupted, text
):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill():
        resource.setrlimit(resource.RLIMIT_FSIZE, (9000, before[1]))

    try:
        c, line = interrupted(7, fill, TrainingError)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert line.startswith(f"cannot write to {c.out} (File too large); ")
    assert line.endswith(f"continue with: keraslm resume {c.out}")
    assert not list(pathlib.Path(c.out).glob(".*"))
    assert keraslm.load(c.out).name == "trigram"
    train(c, text, resume=True)
    assert_same(whole[1], what_came_of(c))


def test_a_finished_run_is_said_to_be_finished(whole, text):
    c, before = whole
    reporter = At(None, None)
    run = train(c, text, reporter=reporter, resume=True)
    assert reporter.lines == [f"{c.out} holds this run already, and it is finished"]
    assert run.card.to_dict() == keraslm.load(c.out).metadata["card"]
    assert_same(before, what_came_of(c))


def test_a_later_end_lets_a_finished_run_go_on(whole, small, text, tmp_path):
    c = small("trigram", tmp_path / "two", **(OFTEN | {"steps": 7}))
    train(c, text)
    longer = dataclasses.replace(c, steps=13)
    train(longer, text, resume=True)
    expected, found = whole[1], what_came_of(longer)
    assert_same(expected, found)


def test_a_run_that_was_moved_goes_on_in_its_new_place(
    whole, interrupted, text, tmp_path
):
    c, _ = interrupted(8, die, Gone)
    pathlib.Path(c.out).rename(tmp_path / "moved")
    moved = dataclasses.replace(c, out=str(tmp_path / "moved"))
    train(moved, text, resume=True)
    assert_same(whole[1], what_came_of(moved))


def test_a_run_that_died_before_its_first_checkpoint_starts_over(
    whole, interrupted, text
):
    c, _ = interrupted(3, die, Gone)
    reporter = At(None, None)
    train(c, text, reporter=reporter, resume=True)
    assert f"{c.out} has no checkpoint: the run starts over" in reporter.lines
    assert_same(whole[1], what_came_of(c))


def test_counts_are_counted_anew(small, text, tmp_path):
    c = small("ngram", tmp_path / "run")
    done = train(c, text, resume=True)
    again = At(None, None)
    train(c, text, reporter=again, resume=True)
    assert again.lines == [f"{c.out} holds this run already, and it is finished"]
    done.folder.model.unlink()  # as if it had been killed while it counted
    train(c, text, resume=True)
    assert keraslm.load(c.out).name == "ngram-3"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"hidden": "7"}, "hidden was '6'; received '7'"),
        ({"seed": 5}, "seed was 0; received 5"),
        ({"clip_norm": 0.0, "clip_value": 1.0}, "clip_norm was 1.0; received 0.0"),
    ],
)
def test_another_configuration_is_refused(whole, text, change, words):
    c, before = whole
    with pytest.raises(UsageError, match=words):
        train(dataclasses.replace(c, **change), text, resume=True)
    assert_same(before, what_came_of(c))


def test_another_configuration_is_refused_before_the_first_checkpoint(
    interrupted, text
):
    c, _ = interrupted(3, die, Gone)
    with pytest.raises(UsageError, match="seed was 0; received 5"):
        train(dataclasses.replace(c, seed=5), text, resume=True)


def test_another_text_or_version_is_refused(
    whole, interrupted, text, texts, monkeypatch
):
    c, _ = interrupted(8, die, Gone)
    other = texts("the dog barks\na cat sees the dog sleeps\n" * 30)
    with pytest.raises(UsageError, match=r"training text \(SHA-256\) was"):
        train(c, other, resume=True)
    monkeypatch.setattr(resuming, "__version__", "99.0")
    with pytest.raises(UsageError, match=r"version of keraslm was .*received '99.0'"):
        train(c, text, resume=True)


def test_one_process_at_a_time_trains_in_a_folder(whole, text):
    c, _ = whole
    refused = []

    def begin_again():
        with pytest.raises(UsageError, match="another process is training in"):
            train(c, text, overwrite=True)
        refused.append(True)

    train(c, text, overwrite=True, reporter=At(3, begin_again))
    assert refused


def test_the_clock_goes_on_with_the_seconds_that_were_spent():
    clock = Clock(None, minutes=1)
    clock.restore({"step": 7, "epoch": 2, "seconds": 45.0})
    clock.start()
    assert 45 <= clock.seconds < 46
    assert 0.75 <= clock.progress < 0.77
    assert (clock.step, clock.epoch) == (7, 2)
