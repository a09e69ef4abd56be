"""A run that was interrupted and resumed comes out as one that never was."""

import dataclasses
import pathlib
import signal

import pytest

import keraslm
from keraslm import processor
from keraslm.callbacks import StopAfter
from keraslm.checkpoints.checkpoint import Checkpoint
from keraslm.errors import Terminated, TrainingError, UsageError
from keraslm.training.options import read_toml
from keraslm.training.run import train
from tests.training.interrupted import (
    OFTEN,
    At,
    Gone,
    assert_same,
    die,
    signalled,
    what_came_of,
)

resource = pytest.importorskip("resource", reason="limits of files are Unix's")

# More that is drawn at every step.
RICH = {
    "embedding_dropout": 0.1,
    "weight_drop": 0.2,
}


@pytest.mark.long
def test_a_run_that_died_comes_out_the_same(small, story, tmp_path, quick_measures):
    c = small("lstm", tmp_path / "whole", **(OFTEN | RICH))
    train(c, story)
    again = dataclasses.replace(c, out=str(tmp_path / "run"))
    with pytest.raises(Gone):
        train(again, story, reporter=At(8, die))
    checkpoint = Checkpoint.read(tmp_path / "run/checkpoint.zip")
    assert checkpoint.parts["StopAfter"]["step"] == 5
    reporter = At(None, None)
    train(again, story, reporter=reporter, resume=True)
    assert "going on after step 5" in reporter.lines
    expected = what_came_of(c)
    assert_same(expected, what_came_of(again))
    assert len(expected["rows"]) > 13
    first, *_, last = (row[3] for row in expected["rows"] if row[2] == "train")
    assert float(last) < float(first)  # it learns; or nothing is tested here


@pytest.mark.long
@pytest.mark.parametrize(
    ("model", "more"),
    [
        ("lstm", {"vary_time": True, "weight_drop": 0.2}),
        ("lstm", {"softmax": "sampled", "samples": 3}),
        ("gru", {"softmax": "sampled", "samples": 3, "vary_time": True}),
        ("lstm", {"direct_order": 2, "features": "hashed:8", "softmax": "classes"}),
        ("gru", {"input_order": 3, "input_bits": 5}),
        ("maxent", {"features": "hashed:8", "dropout": None}),
        ("transformer", {"vary_time": True, "dropout": 0.2}),
    ],
    ids=["varied", "sampled", "both", "features", "ngrams", "maxent", "transformer"],
)
def test_what_is_drawn_at_every_step_is_drawn_again(
    small, story, tmp_path, quick_measures, model, more
):
    c = small(model, tmp_path / "whole", **(OFTEN | more))
    train(c, story)
    again = dataclasses.replace(c, out=str(tmp_path / "run"))
    with pytest.raises(Gone):
        train(again, story, reporter=At(8, die))
    train(again, story, resume=True)
    assert_same(what_came_of(c), what_came_of(again))


@pytest.mark.parametrize(("name", "status"), [("SIGTERM", 143), ("SIGHUP", 129)])
def test_a_signal_ends_a_run_after_the_step_and_says_how_to_go_on(
    whole, interrupted, story, name, status
):
    # a closed terminal sends SIGHUP twice, which must not end the step
    number, times = getattr(signal, name), 2 if name == "SIGHUP" else 1

    def act():
        for _ in range(times):
            signalled(number)()

    c, line = interrupted(9, act, Terminated)
    assert signal.getsignal(number) is signal.SIG_DFL
    assert line == f"ended by {name}; continue with: keraslm resume {c.out}"
    assert Terminated("", number).exit_code == status == 128 + number
    checkpoint = Checkpoint.read(pathlib.Path(c.out, "checkpoint.zip"))
    assert checkpoint.parts["StopAfter"]["step"] == 9
    train(c, story, resume=True)
    assert_same(whole[1], what_came_of(c))


def test_an_ignored_hang_up_stays_ignored(whole, story, tmp_path):
    c = dataclasses.replace(whole[0], out=str(tmp_path / "run"))
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        train(c, story, reporter=At(9, signalled(signal.SIGHUP)))
    finally:
        signal.signal(signal.SIGHUP, before)
    assert_same(whole[1], what_came_of(c))


def test_ctrl_c_ends_a_run_with_a_model_and_it_can_go_on(whole, story, tmp_path):
    c = dataclasses.replace(whole[0], out=str(tmp_path / "run"))
    reporter = At(9, signalled(signal.SIGINT))
    run = train(c, story, reporter=reporter)
    assert run.folder.card.exists()
    told = next(line for line in reporter.lines if "Interrupted after step 9" in line)
    assert told.endswith(f"continue with: keraslm resume {c.out}")
    train(c, story, resume=True)
    assert_same(whole[1], what_came_of(c))


def test_a_file_that_cannot_be_written_ends_a_run_that_can_go_on(
    whole, interrupted, story
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
    assert [path.name for path in pathlib.Path(c.out).glob(".*")] == [".keraslm"]
    assert keraslm.load(c.out).name == "trigram"
    train(c, story, resume=True)
    assert_same(whole[1], what_came_of(c))


def test_a_finished_run_is_said_to_be_finished(whole, story):
    c, before = whole
    reporter = At(None, None)
    run = train(c, story, reporter=reporter, resume=True)
    assert reporter.lines == [f"{c.out} holds this run already, and it is finished"]
    assert run.card.to_dict() == keraslm.load(c.out).metadata["card"]
    assert_same(before, what_came_of(c))


def test_a_model_that_was_damaged_is_taken_from_the_checkpoint(whole, story):
    c, before = whole
    file = pathlib.Path(c.out, "model.keras")
    file.write_bytes(file.read_bytes()[:3000])
    train(c, story, resume=True)
    assert_same(before, what_came_of(c))


def test_a_later_end_lets_a_finished_run_go_on(whole, small, story, tmp_path):
    c = small("trigram", tmp_path / "two", **(OFTEN | {"steps": 7}))
    train(c, story)
    longer = dataclasses.replace(c, steps=13)
    train(longer, story, resume=True)
    expected, found = whole[1], what_came_of(longer)
    assert_same(expected, found)


def test_a_run_that_was_moved_goes_on_in_its_new_place(
    whole, interrupted, story, tmp_path
):
    c, _ = interrupted(8, die, Gone)
    pathlib.Path(c.out).rename(tmp_path / "moved")
    moved = dataclasses.replace(c, out=str(tmp_path / "moved"))
    train(moved, story, resume=True)
    assert_same(whole[1], what_came_of(moved))


def test_a_run_that_died_before_its_first_checkpoint_starts_over(
    whole, interrupted, story
):
    c, _ = interrupted(3, die, Gone)
    reporter = At(None, None)
    train(c, story, reporter=reporter, resume=True)
    assert f"{c.out} has no checkpoint: the run starts over" in reporter.lines
    assert_same(whole[1], what_came_of(c))


def test_a_run_goes_on_in_the_precision_that_its_first_machine_chose(
    small, story, tmp_path, monkeypatch
):
    c = small("trigram", tmp_path / "run", steps=2, precision=None)
    (tmp_path / "cpuinfo").write_text("flags : fpu avx512_bf16\n")
    with monkeypatch.context() as first:
        first.setattr(processor, "DESCRIPTION", tmp_path / "cpuinfo")
        train(c, story)
    assert processor.bfloat16_units() is None
    train(dataclasses.replace(c, steps=3), story, resume=True)
    assert read_toml(tmp_path / "run/config.toml")["precision"] == "bfloat16"
    other = dataclasses.replace(c, steps=4, precision="float32")
    with pytest.raises(UsageError, match="precision was 'bfloat16'"):
        train(other, story, resume=True)


def test_counts_are_counted_anew(small, story, tmp_path):
    c = small("ngram", tmp_path / "run")
    done = train(c, story, resume=True)
    again = At(None, None)
    train(c, story, reporter=again, resume=True)
    assert again.lines == [f"{c.out} holds this run already, and it is finished"]
    done.folder.model.unlink()  # as if it had been killed while it counted
    train(c, story, resume=True)
    assert keraslm.load(c.out).name == "ngram-3 modified-kneser-ney"


def test_the_clock_goes_on_with_the_seconds_that_were_spent():
    clock = StopAfter(minutes=1)
    clock.set_state({"step": 7, "epoch": 2, "seconds": 45.0})
    clock.start()
    assert 45 <= clock.seconds < 46
    assert 0.75 <= clock.progress < 0.77
    assert (clock.step, clock.epoch) == (7, 2)
