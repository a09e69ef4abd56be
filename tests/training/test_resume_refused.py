"""What is no continuation of a run is refused in one line."""

import dataclasses
import pathlib

import pytest

from keraslm.checkpoints.checkpoint import Checkpoint
from keraslm.errors import ModelFileError, UsageError
from keraslm.training import resuming
from keraslm.training.run import train
from tests.training.interrupted import At, Gone, assert_same, die, what_came_of


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"hidden": "7"}, "hidden was '6'; received '7'"),
        ({"seed": 5}, "seed was 0; received 5"),
        ({"clip_norm": 0.0, "clip_value": 1.0}, "clip_norm was 1.0; received 0.0"),
    ],
)
def test_another_configuration_is_refused(whole, story, change, words):
    c, before = whole
    with pytest.raises(UsageError, match=words):
        train(dataclasses.replace(c, **change), story, resume=True)
    assert_same(before, what_came_of(c))


def test_another_configuration_is_refused_before_the_first_checkpoint(
    interrupted, story
):
    c, _ = interrupted(3, die, Gone)
    with pytest.raises(UsageError, match="seed was 0; received 5"):
        train(dataclasses.replace(c, seed=5), story, resume=True)


def test_another_text_or_version_is_refused(
    whole, interrupted, story, texts, monkeypatch
):
    c, _ = interrupted(8, die, Gone)
    other = texts("the dog barks\na cat sees the dog sleeps\n" * 30)
    with pytest.raises(UsageError, match=r"training text \(SHA-256\) was"):
        train(c, other, resume=True)
    monkeypatch.setattr(resuming, "__version__", "99.0")
    with pytest.raises(UsageError, match=r"version of keraslm was .*received '99.0'"):
        train(c, story, resume=True)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"variables": []}, "its arrays are not the model's"),
        ({"parts": {}}, "its part 'StopAfter' is damaged"),
    ],
)
def test_a_checkpoint_that_does_not_fit_is_refused(interrupted, story, change, words):
    c, _ = interrupted(8, die, Gone)
    file = pathlib.Path(c.out, "checkpoint.zip")
    dataclasses.replace(Checkpoint.read(file), **change).write(file)
    with pytest.raises(ModelFileError, match=words):
        train(c, story, resume=True)


ROW = {
    "step": 5,
    "epoch": 1,
    "seconds": 0.5,
    "split": "train",
    "nats": 1.0,
    "perplexity": 2.7,
    "bits_per_character": 0.4,
}


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("LogHistory", {"rows": [{"split": "train"}]}),
        ("LogHistory", {"rows": [ROW | {"nats": float("nan")}]}),
        ("LogHistory", {"rows": [ROW | {"split": "tomorrow"}]}),
        ("LogHistory", {"rows": [ROW | {"step": 1.5}]}),
        ("StopAfter", {"seconds": float("nan")}),
        ("StopAfter", {"seconds": -1.0}),
        ("StopAfter", {"step": 1 << 70}),
        ("LearningRate", {"reduced": float("nan")}),
        ("Averaging", {"figures": [float("inf")]}),
        ("LogHistory", {"logged": [float("nan"), 1.0]}),
        ("ExactPerplexity", {"took": float("inf")}),
        ("Patience", {"since_best": "5"}),
        ("BestModel", {"best": float("nan")}),
        ("WriteText", {"written": 0.5}),
    ],
)
def test_a_part_that_cannot_be_true_is_refused(interrupted, story, part, change):
    c, _ = interrupted(8, die, Gone)
    file = pathlib.Path(c.out, "checkpoint.zip")
    read = Checkpoint.read(file)
    parts = read.parts | {part: read.parts[part] | change}
    dataclasses.replace(read, parts=parts).write(file)
    with pytest.raises(ModelFileError, match=f"its part '{part}' is damaged"):
        train(c, story, resume=True)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"place": (0, 6)}, "its place 0, 6 is not that of step 5"),
        ({"place": (10**12, 3)}, "its place 1000000000000, 3 is not that of step 5"),
        ({"best": None}, "it names a best model and holds none"),
    ],
)
def test_a_checkpoint_that_contradicts_itself_is_refused(
    interrupted, story, change, words
):
    c, _ = interrupted(8, die, Gone)
    file = pathlib.Path(c.out, "checkpoint.zip")
    dataclasses.replace(Checkpoint.read(file), **change).write(file)
    with pytest.raises(ModelFileError, match=words):
        train(c, story, resume=True)


def test_one_process_at_a_time_trains_in_a_folder(whole, story):
    c, _ = whole
    refused = []

    def begin_again():
        with pytest.raises(UsageError, match="another process is training in"):
            train(c, story, overwrite=True)
        refused.append(True)

    train(c, story, overwrite=True, reporter=At(3, begin_again))
    assert refused
