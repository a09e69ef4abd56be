"""How far a run is, the learning rate there, and the history it writes."""

import math
import time

import keras
import pandas as pd
import pytest

from keraslm.callbacks import Clock, LearningRate, StopAfter
from keraslm.errors import UsageError
from keraslm.history import COLUMNS, History, new_row
from keraslm.training.fit import total_steps
from keraslm.training.options import Configuration


@pytest.fixture
def now(monkeypatch):
    """A time that passes only when it is told to."""
    now = [100.0]
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])
    return now


def test_steps_are_the_share_of_the_run(now):
    clock = StopAfter(steps=8)
    clock.step = 2
    assert (clock.progress, clock.over, clock.by_time) == (0.25, False, False)
    clock.step = 8
    assert (clock.progress, clock.over) == (1.0, True)


def test_minutes_count_from_the_start(now):
    clock = StopAfter(minutes=2)
    now[0] = 150.0
    clock.start()
    now[0] = 180.0  # 30 of 120 seconds
    assert (clock.seconds, clock.progress, clock.by_time) == (30.0, 0.25, True)
    now[0] = 1000.0
    assert (clock.progress, clock.over) == (1.0, True)


def test_the_first_limit_ends_the_run(now):
    clock = StopAfter(steps=10, minutes=1)
    clock.step = 5
    now[0] = 115.0  # a quarter of the minute, half of the steps
    assert clock.progress == 0.5
    now[0] = 145.0  # three quarters of the minute
    assert clock.progress == 0.75


def test_without_a_limit_a_run_does_not_end(now):
    now[0] = 1e9
    assert Clock().progress == 0


@pytest.mark.parametrize(
    ("epochs", "steps", "total"),
    [(3, None, 21), (None, 5, 5), (3, 5, 5), (3, 50, 21), (None, None, None)],
)
def test_the_steps_of_a_run(epochs, steps, total):
    assert total_steps(Configuration(epochs=epochs, steps=steps), 7) == total


@pytest.mark.parametrize(
    ("schedule", "progress", "share"),
    [
        ("cosine", 0, 1),
        ("cosine", 1 / 3, 0.75),  # (1 + cos 60 degrees) / 2
        ("cosine", 0.5, 0.5),
        ("cosine", 1, 0),
        ("linear", 0.25, 0.75),
        ("linear", 1, 0),
        ("constant", 0.9, 1),
        ("plateau", 0.9, 1),
    ],
)
def test_the_share_of_the_rate(schedule, progress, share):
    rate = LearningRate(1.0, Clock(), schedule)
    assert rate.share(progress, epoch=9) == pytest.approx(share, abs=1e-12)


def test_the_rate_decays_by_epoch_after_some_that_are_left_alone():
    rate = LearningRate(1.0, Clock(), "decay", decay=0.5, decay_after=4)
    shares = [rate.share(0.5, epoch) for epoch in range(1, 8)]
    assert shares == [1, 1, 1, 1, 0.5, 0.25, 0.125]


def test_an_unknown_schedule_is_refused():
    with pytest.raises(UsageError, match=r"`schedule` must be one of .*'cosin'"):
        LearningRate(1.0, Clock(), "cosin")


class Rated:
    """As much of a Keras model as a learning rate needs."""

    def __init__(self):
        self.optimizer = keras.optimizers.SGD()


def rate_of(limit=100, **options):
    rate = LearningRate(0.8, StopAfter(steps=limit), **options)
    rate.set_model(Rated())
    return rate


def rates(rate, steps):
    """The rate of each step, as the optimizer was told."""
    told = []
    for step in steps:
        rate.clock.step = step
        rate.on_train_batch_begin(step)
        told.append(float(rate.model.optimizer.learning_rate))
    return told


def test_warm_up_rises_in_equal_steps():
    rate = rate_of(warmup=3, schedule="constant")
    # 1/4, 2/4, 3/4 of the rate, then all of it
    assert rates(rate, range(5)) == pytest.approx([0.2, 0.4, 0.6, 0.8, 0.8])


def test_the_rate_falls_at_a_plateau_only():
    rate = rate_of(schedule="plateau", factor=0.25)
    told = []
    for step, figure in enumerate([9.0, 9.0, 8.0, 8.5]):  # worse than the best: twice
        rate.on_train_batch_end(step, {"exact_perplexity": figure})
        told += rates(rate, [step])
    assert told == pytest.approx([0.8, 0.2, 0.2, 0.05])


def test_another_schedule_does_not_hear_of_plateaus():
    rate = rate_of(10, schedule="linear")
    for _ in range(2):
        rate.on_train_batch_end(0, {"exact_perplexity": 9.0})
    assert rates(rate, [5]) == pytest.approx([0.4])


def test_pandas_reads_the_history(tmp_path):
    path = tmp_path / "history.csv"
    history = History(path)
    more = {"learning_rate": 0.1, "gradient_norm": 3.0}
    history.add(new_row("train", 1.5, 2.0, 4, 1, 2.5, **more))
    history.add(new_row("valid", 1e4, 2.0, 4, 1, 2.5))
    table = pd.read_csv(path)
    assert tuple(table.columns) == COLUMNS
    train, valid = table.to_dict("records")
    assert (train["step"], train["epoch"], train["seconds"]) == (4, 1, 2.5)
    assert (train["split"], train["nats"]) == ("train", 1.5)
    assert train["perplexity"] == pytest.approx(math.exp(1.5), abs=1e-6)
    assert train["bits_per_character"] == 3.0  # 1.5 nats x 2 bits a nat
    assert (train["learning_rate"], train["gradient_norm"]) == (0.1, 3.0)
    assert math.isnan(train["tokens_per_second"])
    assert math.isnan(valid["gradient_norm"])
    assert valid["perplexity"] == math.inf


def test_the_history_is_a_table_before_its_first_row(tmp_path):
    History(tmp_path / "history.csv")
    assert tuple(pd.read_csv(tmp_path / "history.csv").columns) == COLUMNS
