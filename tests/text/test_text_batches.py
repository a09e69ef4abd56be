"""Windows: every token is a target once, after the token that precedes it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keraslm.errors import CorpusError, UsageError
from keraslm.text import TextWindows, VariedTextWindows

BOUNDARY = 1


def windows(tokens, batch_size, time):
    ids = np.arange(2, tokens + 2, dtype=np.uint16)  # all different, none a boundary
    return TextWindows(ids, BOUNDARY, batch_size, time)


def epoch(batches):
    """The whole epoch side by side: inputs, targets, weights (rows, steps * time)."""
    steps = [batches.step(number) for number in range(len(batches))]
    return [np.concatenate(arrays, axis=1) for arrays in zip(*steps, strict=True)]


def test_two_rows_by_hand():
    # 5 tokens in 2 rows of 3: [2 3 4] and [5 6 -], in windows of 2
    first, second = (windows(5, 2, 2).step(number) for number in range(2))
    assert first[0].tolist() == [[1, 2], [4, 5]]
    assert first[1].tolist() == [[2, 3], [5, 6]]
    assert first[2].tolist() == [[1, 1], [1, 1]]
    assert second[0].tolist() == [[3, 1], [1, 1]]
    assert second[1].tolist() == [[4, 1], [1, 1]]
    assert second[2].tolist() == [[1, 0], [0, 0]]
    assert [array.dtype for array in first] == [np.int32, np.int32, np.float32]


@given(st.integers(2, 200), st.integers(1, 30), st.integers(1, 40))
def test_each_token_is_a_target_once_after_its_predecessor(tokens, batch_size, time):
    batches = windows(tokens, batch_size, time)
    inputs, targets, weights = epoch(batches)
    assert inputs.shape == (min(batch_size, tokens), len(batches) * time)
    real = weights == 1
    # row after row, the targets are the text and the inputs the text one step earlier
    assert targets[real].tolist() == list(range(2, tokens + 2))
    assert inputs[real].tolist() == [BOUNDARY, *range(2, tokens + 1)]
    assert set(weights[~real]) <= {0}
    assert set(targets[~real]) | set(inputs[~real]) <= {BOUNDARY}


def test_more_rows_than_tokens_are_left_out():
    batches = windows(3, 64, 10)
    assert (batches.rows, batches.row_length, len(batches)) == (3, 1, 1)
    assert batches.step(0)[2].sum() == 3


@pytest.mark.parametrize("tokens", [0, 1])
def test_a_text_too_short_to_train_on_says_how_short(tokens):
    with pytest.raises(CorpusError, match=f"at least 2 tokens; the text has {tokens}"):
        windows(tokens, 1, 1)


def test_two_tokens_are_enough():
    assert windows(2, 20, 35).step(0)[2].sum() == 2


@pytest.mark.parametrize("sizes", [(0, 5), (5, 0), (-1, 5)])
def test_sizes_below_one_are_usage_errors(sizes):
    with pytest.raises(UsageError, match="must be 1 or more"):
        windows(10, *sizes)


@pytest.mark.parametrize("number", [-1, 5])
def test_there_are_no_other_steps(number):
    with pytest.raises(IndexError):
        windows(10, 2, 1).step(number)


def varied(tokens, batch_size, time, seed=0):
    ids = np.arange(2, tokens + 2, dtype=np.uint16)
    return VariedTextWindows(ids, BOUNDARY, batch_size, time, seed)


@given(
    st.integers(2, 300),
    st.integers(1, 20),
    st.integers(1, 40),
    st.integers(0, 5),
    st.integers(0, 3),
)
def test_windows_of_any_length_hold_each_token_once(tokens, rows, time, seed, epoch):
    windows = varied(tokens, rows, time, seed)
    steps = [windows.step(number, epoch) for number in range(len(windows))]
    inputs, targets, weights = (
        np.concatenate(arrays, axis=1) for arrays in zip(*steps, strict=True)
    )
    real = weights == 1
    assert targets[real].tolist() == list(range(2, tokens + 2))
    assert inputs[real].tolist() == [BOUNDARY, *range(2, tokens + 1)]
    for number, (_, _, step_weights) in enumerate(steps):
        _, length = windows.columns(number, epoch)
        assert 1 <= length <= windows.width <= time + 5
        assert not step_weights[:, length:].any()


def test_lengths_are_about_the_time_or_half_of_it():
    windows = varied(60_000, 1, 70)
    lengths = np.array([windows.columns(k)[1] for k in range(len(windows))])
    half = lengths < 52
    # 0.95 of about 860 draws; 3.4 standard deviations are 0.025
    assert half.mean() == pytest.approx(0.05, abs=0.025)
    assert lengths[~half].mean() == pytest.approx(69.5, abs=1)  # cut at 75
    assert lengths[half].mean() == pytest.approx(35, abs=3)


def test_every_epoch_has_the_same_lengths_in_an_order_of_its_own():
    windows = varied(5000, 2, 20, seed=3)
    orders = [
        [windows.columns(k, epoch)[1] for k in range(len(windows))]
        for epoch in (0, 1, 0)
    ]
    assert orders[0] == orders[2] != orders[1]
    assert sorted(orders[0]) == sorted(orders[1])
