"""How often the right one of two is preferred, and Wilson's interval."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keraslm.accuracy import Accuracy, margins


def test_margins_in_bits_and_ties_that_count_half():
    right = np.log([1 / 2, 1 / 8, 1 / 4, 1 / 4])
    wrong = np.log([1 / 8, 1 / 4, 1 / 4, 1 / 2])
    found = margins(right, wrong)
    np.testing.assert_allclose(found, [2, -1, 0, -1], atol=1e-12)
    accuracy = Accuracy.of(found)
    assert (accuracy.right, accuracy.wrong, accuracy.ties) == (1, 2, 1)
    assert accuracy.share == 1.5 / 4


def test_what_is_impossible_loses_and_two_of_it_are_a_tie():
    none, some = -math.inf, math.log(0.5)
    found = margins(np.array([some, none, none]), np.array([none, some, none]))
    assert found.tolist() == [math.inf, -math.inf, 0]


def test_wilson_s_interval_of_eight_in_ten():
    # z^2 = 3.8415: (0.8 + 0.19207 -+ 1.96 sqrt(0.016 + 0.0096036)) / 1.38415
    assert Accuracy(8, 2, 0).interval() == pytest.approx((0.49016, 0.94331), abs=1e-5)


def test_no_answer_has_no_share():
    assert np.isnan([Accuracy(0, 0, 0).share, *Accuracy(0, 0, 0).interval()]).all()


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500))
def test_the_ends_are_the_shares_that_lie_z_deviations_away(right, wrong, ties):
    """Wilson's idea: p is an end where the found share is just z deviations from it."""
    accuracy = Accuracy(right, wrong, ties + 1)
    for end in accuracy.interval():
        deviation = math.sqrt(end * (1 - end) / accuracy.n)
        away = abs(accuracy.share - end)
        assert away == pytest.approx(1.959964 * deviation, abs=1e-6)
