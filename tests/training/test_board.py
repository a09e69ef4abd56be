"""The history as TensorBoard reads it."""

import builtins

import pytest

from keraslm.errors import MissingExtra
from keraslm.history import History, new_row
from keraslm.training.board import Board


def test_tensorboard_reads_the_rows_of_the_history(tmp_path):
    pytest.importorskip("tensorboard", reason="the extra tensorboard is not installed")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    history = History(tmp_path / "history.csv", Board(tmp_path / "board"))
    history.add(new_row("valid", 2.0, 1.0, step=7))
    events = EventAccumulator(str(tmp_path / "board"))
    events.Reload()
    (nats,) = events.Tensors("valid/nats")
    assert nats.step == 7
    assert nats.tensor_proto.float_val[0] == 2.0


def test_a_resumed_run_shows_each_row_once(tmp_path):
    pytest.importorskip("tensorboard", reason="the extra tensorboard is not installed")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    killed = History(tmp_path / "history.csv", Board(tmp_path / "board"))
    for step in (1, 2, 3):
        killed.add(new_row("train", 4.0 - step, 1.0, step))
    rows = killed.rows[:2]  # of the checkpoint of step 2

    resumed = History(tmp_path / "history.csv", Board(tmp_path / "board"))
    resumed.restore(rows)
    for step in (3, 4):
        resumed.add(new_row("train", 4.0 - step, 1.0, step))
    events = EventAccumulator(str(tmp_path / "board"))
    events.Reload()
    assert [event.step for event in events.Tensors("train/nats")] == [1, 2, 3, 4]


def test_a_missing_tensorboard_is_named_with_its_extra(tmp_path, monkeypatch):
    real_import = builtins.__import__

    def without_tensorboard(name, *rest, **more):
        if name.startswith("tensorboard"):
            raise ImportError(name)
        return real_import(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without_tensorboard)
    with pytest.raises(MissingExtra, match=r"keraslm\[tensorboard\]"):
        Board(tmp_path)
