import numpy as np
import pytest

from keraslm.errors import UsageError
from keraslm.sampling.loop import generate_ids
from keraslm.sampling.sampler import Sampler
from keraslm.sampling.stream import TokenStream

P = np.array([0.1, 0.4, 0.2, 0.3])


def log(probabilities):
    with np.errstate(divide="ignore"):
        return np.log(np.array(probabilities, dtype=float))


def kept(**settings):
    return Sampler(**settings).distribution(log(P))


def test_temperature_one_changes_nothing():
    np.testing.assert_allclose(kept(), P)


def test_temperature_is_a_power():
    # 1/T = 2: squares 0.01, 0.16, 0.04, 0.09, together 0.30
    np.testing.assert_allclose(kept(temperature=0.5), np.array([1, 16, 4, 9]) / 30)


def test_temperature_zero_is_greedy():
    assert kept(temperature=0).tolist() == [0, 1, 0, 0]
    assert Sampler(temperature=0).draw(log(P)) == 1


@pytest.mark.parametrize("temperature", [1e-300, 1e-8])
def test_a_temperature_near_zero_is_nearly_greedy(temperature):
    assert kept(temperature=temperature).tolist() == [0, 1, 0, 0]


def test_a_very_high_temperature_makes_all_alike():
    np.testing.assert_allclose(kept(temperature=1e300), [0.25] * 4)


def test_top_k_keeps_the_k_most_probable():
    # of 0.4 and 0.3, together 0.7
    np.testing.assert_allclose(kept(top_k=2), [0, 4 / 7, 0, 3 / 7])
    np.testing.assert_allclose(kept(top_k=4), P)
    np.testing.assert_allclose(kept(top_k=99), P)


def test_top_k_takes_the_lower_ids_among_equals():
    equal = Sampler(top_k=2).distribution(log([0.25, 0.25, 0.25, 0.25]))
    assert equal.tolist() == [0.5, 0.5, 0, 0]


def test_top_k_never_takes_what_is_impossible():
    few = Sampler(top_k=3).distribution(log([0, 1, 0, 0]))
    assert few.tolist() == [0, 1, 0, 0]


def test_top_p_keeps_the_smallest_nucleus_that_reaches_p():
    # in order 0.4, 0.7, 0.9, 1.0
    np.testing.assert_allclose(kept(top_p=0.3), [0, 1, 0, 0])
    np.testing.assert_allclose(kept(top_p=0.6), [0, 4 / 7, 0, 3 / 7])
    np.testing.assert_allclose(kept(top_p=0.8), [0, 4 / 9, 2 / 9, 3 / 9])
    np.testing.assert_allclose(kept(top_p=1), P)


def test_top_k_comes_before_top_p():
    # top 3: 4/9, 3/9, 2/9; of these 4/9 + 3/9 reach 0.75
    np.testing.assert_allclose(kept(top_k=3, top_p=0.75), [0, 4 / 7, 0, 3 / 7])


def test_min_p_keeps_what_is_not_much_less_probable_than_the_best():
    # of 0.4: 0.45 of it is 0.18, 0.6 of it 0.24
    np.testing.assert_allclose(kept(min_p=0.45), [0, 4 / 9, 2 / 9, 3 / 9])
    np.testing.assert_allclose(kept(min_p=0.6), [0, 4 / 7, 0, 3 / 7])
    np.testing.assert_allclose(kept(min_p=1), [0, 1, 0, 0])
    np.testing.assert_allclose(kept(min_p=0), P)


def test_typical_keeps_the_surprisals_nearest_to_the_entropy():
    # entropy 1.280 nats; surprisals 2.303, 0.916, 1.609, 1.204: the order is 3, 2, 1, 0
    np.testing.assert_allclose(kept(typical_p=0.25), [0, 0, 0, 1])
    np.testing.assert_allclose(kept(typical_p=0.45), [0, 0, 0.4, 0.6])
    np.testing.assert_allclose(kept(typical_p=0.8), [0, 4 / 9, 2 / 9, 3 / 9])
    np.testing.assert_allclose(kept(typical_p=1), P)


def test_typical_never_takes_what_is_impossible():
    few = Sampler(typical_p=1).distribution(log([0, 0.5, 0, 0.5]))
    np.testing.assert_allclose(few, [0, 0.5, 0, 0.5])


def test_typical_looks_at_what_the_filters_before_it_left():
    # top 2: 4/7 and 3/7, entropy 0.683; surprisals 0.560 and 0.847: 4/7 is nearer
    np.testing.assert_allclose(kept(top_k=2, typical_p=0.45), [0, 1, 0, 0])


def test_min_p_comes_after_the_temperature():
    # squares 0.01, 0.16, 0.04, 0.09; 0.45 of 0.16 is 0.072
    tempered = kept(temperature=0.5, min_p=0.45)
    np.testing.assert_allclose(tempered, [0, 16 / 25, 0, 9 / 25])


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"temperature": 0.7},
        {"top_k": 3},
        {"top_p": 0.85},
        {"min_p": 0.3},
        {"typical_p": 0.6},
    ],
)
def test_many_draws_have_the_distributions_frequencies(settings):
    sampler, draws = Sampler(seed=0, **settings), 5_000
    drawn = np.bincount([sampler.draw(log(P)) for _ in range(draws)], minlength=4)
    expected = draws * sampler.distribution(log(P))
    possible = expected > 0
    assert (drawn[~possible] == 0).all()
    # chi-square with at most 3 degrees of freedom: above 16.3 once in a thousand
    assert ((drawn - expected)[possible] ** 2 / expected[possible]).sum() < 16.3


@pytest.mark.parametrize(
    "settings",
    [
        {"temperature": -0.1},
        {"temperature": float("nan")},
        {"temperature": float("inf")},
        {"top_k": 0},
        {"top_k": -1},
        {"top_p": 0},
        {"top_p": 1.01},
        {"top_p": float("nan")},
        {"min_p": -0.1},
        {"min_p": float("nan")},
        {"typical_p": 0},
        {"typical_p": 1.1},
    ],
)
def test_a_setting_out_of_range_is_named(settings):
    (name,) = settings
    with pytest.raises(UsageError, match=f"`{name}`"):
        Sampler(**settings)


class Fixed(TokenStream):
    """Always the same distribution; remembers what it was told."""

    def __init__(self, probabilities):
        self.probabilities, self.history = probabilities, []

    def next_log_probabilities(self):
        return log(self.probabilities)

    def push(self, token_id):
        self.history.append(token_id)


def test_the_loop_feeds_back_the_prompt_and_what_it_wrote():
    stream = Fixed(P)
    written = list(generate_ids(stream, [3, 2], Sampler(seed=5), 4, forbidden=0))
    assert len(written) == 4
    assert stream.history == [3, 2, *written]


def test_the_same_seed_writes_the_same_and_another_seed_another():
    def write(seed):
        return list(generate_ids(Fixed(P), [], Sampler(seed=seed), 50, forbidden=0))

    assert write(1) == write(1)
    assert write(1) != write(2)


def test_the_forbidden_token_is_never_written():
    likely = Fixed([0.98, 0.01, 0.01, 0])
    assert 0 not in list(generate_ids(likely, [], Sampler(seed=0), 200, forbidden=0))


@pytest.mark.parametrize("temperature", [0, 1])
def test_where_only_the_forbidden_is_possible_the_others_share(temperature):
    sampler = Sampler(temperature, seed=0)
    written = list(generate_ids(Fixed([1, 0, 0, 0]), [], sampler, 200, forbidden=0))
    assert set(written) == ({1} if temperature == 0 else {1, 2, 3})


def test_a_token_is_yielded_as_soon_as_it_is_drawn():
    stream = Fixed(P)
    tokens = generate_ids(stream, [1], Sampler(seed=0), 10**9, forbidden=0)
    first = next(tokens)
    assert stream.history == [1]
    next(tokens)
    assert stream.history == [1, first]
