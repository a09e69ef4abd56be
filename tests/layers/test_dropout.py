"""Dropout: how much is dropped, what makes up for it, and where it is the same."""

import keras
import numpy as np
import pytest

from keraslm.errors import UsageError
from keraslm.kernels.random import uniform
from keraslm.layers import Dropout

ONES = np.ones((40, 50, 30), "float32")


def test_a_share_is_zero_and_the_mean_stays():
    dropped = np.asarray(Dropout(0.3, seed=1)(ONES, training=True))
    # 60,000 numbers: the share's standard deviation is 0.002
    assert np.mean(dropped == 0) == pytest.approx(0.3, abs=0.01)
    np.testing.assert_allclose(dropped[dropped != 0], 1 / 0.7, rtol=1e-6)
    assert len(np.unique(dropped, axis=1)[0]) > 1  # not the same at every step


def test_the_same_units_at_every_step_and_others_in_every_row_and_window():
    layer = Dropout(0.5, same_steps=True, seed=1)
    first, second = (np.asarray(layer(ONES, training=True)) for _ in range(2))
    assert (first == first[:, :1]).all()
    assert not np.array_equal(first[0], first[1])
    assert not np.array_equal(first, second)
    twin = Dropout.from_config(layer.get_config())
    np.testing.assert_array_equal(twin(ONES, training=True), first)


def test_nothing_is_dropped_outside_of_training_or_at_a_rate_of_zero():
    np.testing.assert_array_equal(Dropout(0.5)(ONES), ONES)
    np.testing.assert_array_equal(Dropout(0.0)(ONES, training=True), ONES)


def test_the_numbers_are_spread_evenly_and_follow_from_the_seed():
    seeds = keras.random.SeedGenerator(3)
    drawn = np.asarray(uniform((100_000,), seeds))
    assert drawn.min() >= 0
    assert drawn.max() < 1
    counts = np.histogram(drawn, bins=20, range=(0, 1))[0]
    # 5,000 a bin, standard deviation 69
    assert np.abs(counts - 5000).max() < 350
    again = keras.random.SeedGenerator(3)
    np.testing.assert_array_equal(drawn, uniform((100_000,), again))
    assert not np.array_equal(drawn, uniform((100_000,), again))


@pytest.mark.parametrize("rate", [-0.1, 1.0])
def test_a_rate_out_of_range(rate):
    with pytest.raises(UsageError, match=r"must lie in \[0, 1\); received"):
        Dropout(rate)
