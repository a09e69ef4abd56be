"""A search for the learning rate: the real run's steps, at rates that rise."""

import dataclasses
import time

import keras
import numpy as np
import pandas as pd
import pytest

from keraslm.callbacks import StopAfter
from keraslm.errors import TrainingError, UsageError
from keraslm.training import range_test
from keraslm.training.find_rate import RateFolder, find_rate
from keraslm.training.run import train

FILES = [".keraslm", "learning_rate.csv", "learning_rate.png"]


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def fixed_rate(monkeypatch):
    """Let the rate depend on the share of the search in another way."""
    return lambda rate_at: monkeypatch.setattr(range_test, "rate_at", rate_at)


@pytest.fixture(scope="module")
def found(tmp_path_factory, small, corpus):
    out = tmp_path_factory.mktemp("found") / "run"
    return find_rate(small("rnn", out, steps=70), corpus)


def test_a_search_leaves_its_curve_and_its_picture(found):
    assert names(found.folder.path) == FILES
    assert found.folder.picture.read_bytes().startswith(b"\x89PNG")
    written = pd.read_csv(found.folder.curve)
    assert list(written.columns) == ["step", "rate", "loss", "smoothed"]
    assert np.allclose(written, found.curve)


def test_the_rate_rises_by_the_same_factor_at_every_step(found):
    rates = found.curve["rate"]
    assert rates[0] == pytest.approx(1e-5)
    # seven powers of ten in 70 steps
    assert (rates[1:].to_numpy() / rates[:-1].to_numpy()) == pytest.approx(10**0.1)


def test_what_is_suggested_lies_on_the_falling_side(found):
    smoothed, rates = found.curve["smoothed"], found.curve["rate"]
    assert found.rises_at == rates[smoothed.idxmin()]
    assert found.learning_rate == pytest.approx(found.rises_at / 10)
    assert smoothed.min() < np.interp(found.learning_rate, rates, smoothed)


def test_at_a_fixed_rate_it_is_the_real_run(small, corpus, tmp_path, notes, fixed_rate):
    fixed_rate(lambda progress: 0.05)
    c = small("rnn", tmp_path / "run", steps=50, optimizer="momentum", clip_norm=0.5)
    losses = find_rate(c, corpus).curve["loss"]
    real = {"learning_rate": 0.05, "schedule": "constant", "log_steps": 1}
    seldom = {"valid_steps": 50, "sample_steps": 50}
    train(dataclasses.replace(c, **real, **seldom), corpus, reporter=notes)
    rows = [row["nats"] for row in notes.rows if row["split"] == "train"]
    assert losses.to_numpy() == pytest.approx(rows, rel=1e-4)


def test_a_loss_that_explodes_ends_the_search(small, corpus, tmp_path, fixed_rate):
    fixed_rate(lambda progress: 1.0 if progress < 0.5 else 1e38)
    wild = {"optimizer": "sgd", "clip_norm": 0, "steps": 80}
    found = find_rate(small("bigram", tmp_path / "run", **wild), corpus)
    assert 40 <= len(found.curve) < 45
    assert np.isfinite(found.curve.to_numpy()).all()
    assert found.rises_at is not None
    assert names(tmp_path / "run") == FILES


def test_a_loss_that_never_falls_leaves_its_curve(small, corpus, tmp_path, fixed_rate):
    fixed_rate(lambda progress: 1e-9)
    with pytest.raises(TrainingError, match="no learning rate can be suggested"):
        find_rate(small("bigram", tmp_path / "run", steps=50), corpus)
    assert names(tmp_path / "run") == FILES


class Model:
    """As much of a model in training as a rising rate needs."""

    def __init__(self):
        self.optimizer = keras.optimizers.SGD()
        self.optimizer.build([])
        self.stop_training = False
        self.steps = 0

    @property
    def nats_and_tokens(self):
        return 12.0 * self.steps, 4.0 * self.steps


def test_minutes_are_those_after_the_first_step(monkeypatch, notes):
    now = [100.0]
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])
    model, clock = Model(), StopAfter(minutes=1)
    rising = range_test.RisingRate(clock, notes)
    for callback in (clock, rising):
        callback.set_model(model)
        callback.on_train_begin()
        callback.on_epoch_begin(0)
    for seconds in (40.0, 30.0, 15.0, 15.0):  # the first step compiles
        assert not model.stop_training
        rising.on_train_batch_begin(0)
        now[0] += seconds
        model.steps += 1
        model.optimizer.iterations.assign(model.steps)
        for callback in (clock, rising):
            callback.on_train_batch_end(0)
    assert model.stop_training
    # 0, 0, 1/2 and 3/4 of the seven powers of ten
    rates = [point.rate for point in rising.curve.points]
    assert rates == pytest.approx([1e-5, 1e-5, 10**-1.5, 10**0.25])
    assert [point.loss for point in rising.curve.points] == [3.0] * 4


@pytest.mark.parametrize(
    ("model", "options", "words"),
    [
        ("ngram", {}, "no learning rate"),
        ("bigram", {"steps": 49}, "50 steps or more; received 49"),
        ("bigram", {"units": 5}, "units"),
        ("bigram", {"init_from": "nowhere"}, "no model file"),
    ],
)
def test_what_cannot_be_searched_leaves_nothing(
    small, corpus, tmp_path, model, options, words
):
    with pytest.raises(UsageError, match=words):
        find_rate(small(model, tmp_path / "run", **options), corpus)
    assert not (tmp_path / "run").exists()


def test_a_search_and_a_run_share_a_folder(small, corpus, tmp_path):
    out = tmp_path / "run"
    search = small("bigram", out, steps=50)
    find_rate(search, corpus)
    train(small("bigram", out), corpus)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    assert set(FILES) < set(before)
    with pytest.raises(
        UsageError, match=r"a search .*learning_rate.csv.*`overwrite=True`"
    ):
        find_rate(search, corpus)
    RateFolder(out).check(overwrite=True)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    RateFolder(out).create()
    assert set(names(out)) == set(before) - set(FILES) | {".keraslm"}
