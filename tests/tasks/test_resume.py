"""A task's run that was interrupted and resumed comes out as one that never was."""

import csv
import dataclasses
import pathlib
import signal

import pytest

import keraslm
from keraslm import tasks
from keraslm.checkpoints.checkpoint import Checkpoint
from keraslm.errors import ModelFileError, Terminated, UsageError
from keraslm.tasks.shape import BAG
from tests.training.interrupted import At, Gone, assert_same, die, signalled

SENTENCES = ["a\tX\nb\tY\n", "b\tY\na\tX\nc\tZ\n", "c\tX\nz\tY\na\tZ\nb\tX\n"]
TABLE = "text,label\n" + "a b,X\nc b a,Y\nb c,Y\na a c b,X\n" * 6
SMALL = {"embedding": 3, "units": 8, "dropout": 0.2, "batch_size": 4, "steps": 13}
OFTEN = {"checkpoint_steps": 3, "split": "80/10/10"}


@pytest.fixture(
    params=[
        "bag-of-words",
        pytest.param("bilstm", marks=pytest.mark.long),
        pytest.param("last-state", marks=pytest.mark.long),
        pytest.param("transformer", marks=pytest.mark.long),
    ]
)
def task(request, tmp_path):
    """The options of a small run, and what trains it; an epoch has 5 or 6 steps."""
    is_tagger = request.param in tasks.TaggerOptions.models
    corpus = tmp_path / "corpus.txt"
    corpus.write_text("\n".join(SENTENCES * 9) if is_tagger else TABLE)
    of = tasks.TaggerOptions if is_tagger else tasks.ClassifierOptions
    train = tasks.train_tagger if is_tagger else tasks.train_classifier
    out = str(tmp_path / "whole")
    return of(str(corpus), request.param, out, **SMALL, **OFTEN), train


def what_came_of(run):
    """All that a run leaves but for the time that it took, and for its place."""
    folder = run.folder
    with folder.history.open(newline="") as file:
        rows = [
            [v for k, v in r.items() if k != "seconds"] for r in csv.DictReader(file)
        ]
    checkpoint = Checkpoint.read(folder.checkpoint)
    reader = tasks.load(folder.path).reader
    timed = ("seconds", "words_per_second", "texts_per_second", "command")
    card = {k: v for k, v in run.card.to_dict().items() if k not in timed}
    return {
        "rows": rows,
        "files": sorted(path.name for path in folder.path.iterdir()),
        "kept": [w.tobytes() for w in (reader.embedding, *reader.output)],
        "card": card,
        "place": checkpoint.place,
        "variables": [(a.dtype, a.shape, a.tobytes()) for a in checkpoint.variables],
        "best": checkpoint.parts["BestNetwork"],
    }


def resumed(task, out, step, act, ends=Gone):
    """Train in a folder of its own, interrupted at a step, and go on."""
    options, train = task
    again = dataclasses.replace(options, out=str(out))
    with pytest.raises(ends):
        train(again, reporter=At(step, act))
    reporter = At(None, None)
    return train(again, reporter=reporter, resume=True), reporter.lines


@pytest.mark.backends
def test_a_run_that_died_comes_out_the_same(task, tmp_path):
    options, train = task
    whole = what_came_of(train(options))
    assert len(whole["rows"]) == 3
    run, lines = resumed(task, tmp_path / "died", 8, die)
    assert "going on after step 6" in lines  # in mid-epoch
    assert_same(whole, what_came_of(run))
    reporter = At(None, None)
    again = train(options, reporter=reporter, resume=True)
    assert "it is finished" in reporter.lines[-1]
    assert_same(whole, what_came_of(again))


@pytest.mark.long
def test_wherever_a_run_died_or_was_ended(task, tmp_path):
    options, train = task
    whole = what_came_of(train(options))
    for step, act, ends, last in (
        (2, die, Gone, 0),
        (7, die, Gone, 6),
        (13, die, Gone, 12),
        (10, signalled(signal.SIGTERM), Terminated, 10),
    ):
        run, lines = resumed(task, tmp_path / str(step), step, act, ends)
        going_on = f"going on after step {last}" in lines
        assert going_on == (last > 0)
        assert_same(whole, what_came_of(run))
    run.folder.card.unlink()  # as if it had been killed at the very end
    run.folder.model.unlink()
    reporter = At(None, None)
    run = train(run_options(run), reporter=reporter, resume=True)
    assert "going on after step 13" in reporter.lines
    assert_same(whole, what_came_of(run))


def run_options(run):
    told = dict(run.model.metadata["configuration"])
    kinds = {kind.task: kind for kind in (tasks.TaggerOptions, tasks.ClassifierOptions)}
    return kinds[told.pop("task")].of(told)


def test_what_is_another_run_is_refused(task, tmp_path):
    options, train = task
    with pytest.raises(Gone):
        train(options, reporter=At(5, die))
    for change, said in (
        ({"units": 16}, "units was 8; received 16"),
        ({"seed": 1}, "seed was 0; received 1"),
        ({"split": "90/5/5"}, "split was"),
    ):
        with pytest.raises(UsageError, match=said):
            train(dataclasses.replace(options, **change), resume=True)
    corpus = pathlib.Path(options.corpus)
    text = corpus.read_text()
    corpus.write_text(text.replace("c b a,Y", "b c a,Y").replace("z\tY", "z\tX"))
    with pytest.raises(UsageError, match="training text"):
        train(options, resume=True)
    corpus.write_text(text)
    checkpoint = pathlib.Path(options.out, "checkpoint.zip")
    checkpoint.write_bytes(checkpoint.read_bytes()[:500])
    with pytest.raises(ModelFileError, match="remove it, and the run starts over"):
        train(options, resume=True)


@pytest.mark.long
def test_a_later_end_and_a_ctrl_c(task, tmp_path):
    options, train = task
    reporter = At(8, signalled(signal.SIGINT))
    run = train(options, reporter=reporter)
    assert any("Interrupted after step 8" in line for line in reporter.lines)
    assert run.folder.card.exists()
    run = train(dataclasses.replace(options, steps=15), resume=True)
    assert run.model.metadata["history"][-1]["step"] == 15
    assert "interrupted" not in keraslm.load(options.out).metadata


def test_training_ends_once_all_of_the_validation_text_is_right(tmp_path):
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    rows = "text,label\n" + "good day,X\nbad day,Y\n" * 10
    for part in ("train", "valid"):
        (corpus / f"{part}.csv").write_text(rows)
    small = {"epochs": 200, "learning_rate": 0.01, "batch_size": 4}
    options = tasks.ClassifierOptions(str(corpus), BAG, str(tmp_path / "run"), **small)
    run = tasks.train_classifier(options)
    *before, last = (row["val_accuracy"] for row in run.model.metadata["history"])
    assert last == 1 and all(figure < 1 for figure in before)
    assert run.card.accuracy.share == 1
    # a later end changes nothing: no later network could be kept
    later = dataclasses.replace(options, epochs=300)
    again = tasks.train_classifier(later, resume=True)
    assert len(again.model.metadata["history"]) == len(before) + 1
