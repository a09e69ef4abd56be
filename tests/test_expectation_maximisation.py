"""EM for mixtures: steps by hand, a likelihood that never falls, the best weights."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keraslm.expectation_maximisation import expectation_maximisation, mixture_weights

# Two loaded coins: heads 3/4 and 1/4. Five heads and three tails were thrown.
HEADS, TAILS = [3 / 4, 1 / 4], [1 / 4, 3 / 4]
THROWN = np.array([HEADS] * 5 + [TAILS] * 3).T


def steps(p):
    """Give the weights of every step, by listening to what EM asks."""
    seen = []

    def shares(weights):
        seen.append(weights)
        return weights[:, None]

    equal = np.full(len(p), 1 / len(p))
    expectation_maximisation(p, equal, shares, lambda r: r.mean(axis=1))
    return seen


def log_likelihood(weights, log_p):
    with np.errstate(divide="ignore"):
        return np.logaddexp.reduce(np.log(weights)[:, None] + log_p).sum()


@st.composite
def texts(draw):
    """Draw the log-probabilities of a few tokens; each is possible to some part."""
    parts, tokens = draw(st.integers(2, 4)), draw(st.integers(1, 12))
    numbers = st.sampled_from([-np.inf, -900.0]) | st.floats(-20, 0)
    column = st.lists(numbers, min_size=parts, max_size=parts)
    column = column.filter(lambda ps: max(ps) > -np.inf)
    return np.array(draw(st.lists(column, min_size=tokens, max_size=tokens))).T


def test_a_step_is_the_mean_of_who_answered():
    first, second, third = steps(THROWN)[:3]
    np.testing.assert_allclose(first, [1 / 2, 1 / 2])
    # heads are the first coin's by 3/4, tails by 1/4: (5 * 3/4 + 3 * 1/4) / 8
    np.testing.assert_allclose(second, [9 / 16, 7 / 16])
    # heads: 9/16 * 3/4 / (9/16 * 3/4 + 7/16 * 1/4) = 27/34; tails: 9/30
    expected = (5 * 27 / 34 + 3 * 9 / 30) / 8
    np.testing.assert_allclose(third, [expected, 1 - expected])


def test_the_weights_fit_the_frequencies():
    # P(heads) = w 3/4 + (1 - w) 1/4 = 1/4 + w/2 is 5/8, as thrown, at w = 3/4
    found = mixture_weights(np.log(THROWN))
    np.testing.assert_allclose(found, [3 / 4, 1 / 4], atol=1e-4)


@settings(max_examples=40, deadline=None)
@given(texts())
def test_the_likelihood_never_falls(log_p):
    p = np.exp(log_p - log_p.max(axis=0))
    reached = [np.log(weights @ p).sum() for weights in steps(p)]
    assert np.all(np.diff(reached) >= -1e-9)


@settings(max_examples=40, deadline=None)
@given(texts())
def test_no_part_alone_is_better(log_p):
    weights = mixture_weights(log_p)
    assert weights.min() >= 0
    assert weights.sum() == pytest.approx(1)
    parts = log_p.sum(axis=1)
    rounding = 1e-9 * (1 + abs(parts.max()))
    assert log_likelihood(weights, log_p) >= parts.max() - rounding


@settings(max_examples=40, deadline=None)
@given(texts(), st.data())
def test_no_other_weights_are_better(log_p, data):
    raw = data.draw(
        st.lists(st.floats(0.01, 1), min_size=len(log_p), max_size=len(log_p))
    )
    other = np.array(raw) / sum(raw)
    best = log_likelihood(mixture_weights(log_p), log_p)
    # after n steps at most log(parts) / n nats a token are missing
    missing = log_p.shape[1] * np.log(len(log_p)) / 1000
    assert best >= log_likelihood(other, log_p) - missing - 1e-9 * (1 + abs(best))


def test_a_part_that_is_always_better_has_all_the_weight():
    better, worse = np.log([0.5, 0.4, 0.3]), np.log([0.4, 0.39, 0.3])
    assert mixture_weights(np.stack([worse, better])).tolist() == [0, 1]


def test_a_token_that_is_impossible_to_all_says_nothing():
    impossible = np.full((2, 3), -np.inf)
    log_p = np.concatenate([np.log(THROWN), impossible], axis=1)
    np.testing.assert_array_equal(
        mixture_weights(log_p), mixture_weights(np.log(THROWN))
    )
    assert mixture_weights(impossible).tolist() == [0.5, 0.5]


def test_probabilities_too_small_for_a_float_are_mixed_all_the_same():
    np.testing.assert_allclose(
        mixture_weights(np.log(THROWN) - 2000), mixture_weights(np.log(THROWN))
    )
