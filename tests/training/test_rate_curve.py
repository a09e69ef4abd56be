"""The curve of loss against rate: how it is smoothed, ends and is read."""

import math

import pytest

from keraslm.errors import TrainingError
from keraslm.training.rate_curve import RateCurve, rate_at


def curve_of(*losses):
    """A curve of these losses at the rates 1, 2, 3 ..."""
    curve = RateCurve()
    for rate, loss in enumerate(losses, start=1):
        curve.add(float(rate), loss, 1)
    return curve


def test_the_rate_rises_by_the_same_factor():
    # seven powers of ten in seven steps
    rates = [rate_at(step / 7) for step in range(8)]
    powers = [1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10, 100]
    assert rates == pytest.approx(powers)


def test_the_smoothed_loss_is_a_weighted_mean():
    smoothed = [point.smoothed for point in curve_of(4.0, 3.0, 5.0).points]
    # 4; (0.9 * 4 + 3) / 1.9; (0.81 * 4 + 0.9 * 3 + 5) / 2.71
    assert smoothed == pytest.approx([4, 6.6 / 1.9, 10.94 / 2.71])


def test_a_step_of_few_tokens_weighs_as_much_as_its_tokens():
    curve = RateCurve()
    curve.add(1.0, 4.0 * 10, 10)
    curve.add(2.0, 9.0, 1)  # 9 nats of one token
    # (0.9 * 40 + 9) / (0.9 * 10 + 1)
    assert [point.loss for point in curve.points] == [4, 9]
    assert curve.points[-1].smoothed == pytest.approx(4.5)


def test_a_tenth_of_the_rate_where_the_loss_is_lowest_is_suggested():
    curve = curve_of(4.0, 3.0, 5.0)  # smoothed 4, 3.47, 4.04
    assert curve.rises_at == 2.0
    assert curve.suggestion == pytest.approx(0.2)


def test_one_loss_that_stands_out_changes_nothing():
    steady = [6.0] * 5 + [4.0] * 20 + [6.0] * 5
    lucky = steady.copy()
    lucky[3] = 2.0  # the lowest, far from where the mean is lowest
    assert curve_of(*lucky).rises_at == curve_of(*steady).rises_at == 25.0


def test_a_loss_that_falls_to_the_end_never_rises():
    curve = curve_of(4.0, 3.0, 2.0)
    assert curve.rises_at is None
    assert curve.suggestion == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("loss", "diverged"),
    # smoothed (0.9 * 2 + loss) / 1.9; above 2.0 + 1.0 it is too much
    [(3.8, False), (4.0, True), (math.inf, True), (math.nan, True)],
)
def test_it_ends_when_the_model_is_clearly_worse_than_at_the_start(loss, diverged):
    assert curve_of(2.0, loss).diverged is diverged


def test_a_loss_that_is_no_number_is_left_out_and_counts_as_a_rise():
    curve = curve_of(4.0, 3.0, math.nan)
    assert [point.loss for point in curve.points] == [4.0, 3.0]
    assert curve.rises_at == 2.0


def test_a_loss_that_falls_by_less_than_the_noise_suggests_nothing():
    assert curve_of(4.0, 3.96, 3.97).suggestion is None


def test_a_model_that_is_broken_from_the_start():
    with pytest.raises(TrainingError, match="first step is nan"):
        curve_of(math.nan)
