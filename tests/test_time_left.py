"""How long the rest of a long step will take."""

import pytest

from keraslm import time_left
from keraslm.time_left import TimeLeft, clock
from keraslm_cli.training_progress import TrainingProgress


@pytest.fixture
def now(monkeypatch):
    """A clock that a test sets."""
    seconds = [100.0]
    monkeypatch.setattr(time_left.time, "monotonic", lambda: seconds[0])
    return seconds


def test_the_rest_takes_as_long_as_what_was_seen(now):
    left = TimeLeft()
    now[0] = 170.0  # compiled for 70 s: that does not count
    assert left.at(0.1) == ""
    now[0] = 200.0
    # 0.2 of the work in 30 s, so the last 0.7 in 105 s
    assert left.at(0.3) == "1:45 left"
    assert left.at(1.0) == ""
    assert left.at(0.2) == ""  # another model, in the same bar
    now[0] = 204.0
    assert left.at(0.6) == "0:04 left"


def test_reading_the_text_tells_nothing_of_training(now, capsys):
    row = {"split": "valid", "step": 3, "epoch": 1, "perplexity": 2.0}
    with TrainingProgress() as progress:
        progress.reading("reading", 9, 10)  # no terminal: no bar
        for seconds, share in ((110.0, 0.5), (120.0, 0.6)):
            now[0] = seconds
            progress.training(share, {**row, "seconds": seconds - 100})
    # 0.1 of the work in 10 s
    assert "0:40 left" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("seconds", "said"), [(7, "0:07"), (754, "12:34"), (3723.4, "1:02:03")]
)
def test_a_clock_has_hours_where_there_are_some(seconds, said):
    assert clock(seconds) == said
