"""Signals that one of several processes hears, and all obey at one step."""

import signal

import pytest

from keraslm.errors import Terminated
from keraslm.processes import Alone
from keraslm.training.in_step import SharedSignals

HUP, TERM = signal.SIGHUP, signal.SIGTERM


@pytest.mark.parametrize("heard", [(HUP, HUP), (HUP, TERM), (TERM, HUP)])
def test_a_terminal_that_is_closed_waits_until_all_obey(heard):
    signals = SharedSignals(Alone())
    with pytest.raises(Terminated), signals.heard():
        for number in heard:
            signal.raise_signal(number)
        assert not signals  # as long as the others do not know
        signals.obey(signals.any_heard)
        assert signals


def test_a_second_one_does_not_wait():
    with pytest.raises(Terminated, match="SIGTERM"), SharedSignals(Alone()).heard():
        signal.raise_signal(TERM)
        signal.raise_signal(TERM)
        pytest.fail("it waited")


def test_one_of_the_last_step_ends_the_training():
    after = []
    with pytest.raises(Terminated, match="SIGTERM"), SharedSignals(Alone()).heard():
        signal.raise_signal(TERM)
        after.append("the step")
    assert after == ["the step"]
