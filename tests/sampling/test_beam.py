import itertools
import math

import numpy as np
import pytest

from keraslm.errors import UsageError
from keraslm.sampling.beam import Beams, beam_search
from keraslm.sampling.loop import generate_ids
from keraslm.sampling.sampler import Sampler
from keraslm.sampling.stream import TokenStream

UNKNOWN, END = 0, 1
SIZE = 5


class Chain(TokenStream):
    """A bigram with random probabilities."""

    def __init__(self, table):
        self.table, self.last = table, END

    def next_log_probabilities(self):
        return np.log(self.table[self.last])

    def push(self, token_id):
        self.last = token_id


@pytest.fixture(params=range(5))
def table(request):
    return np.random.default_rng(request.param).dirichlet(np.ones(SIZE), SIZE)


def log_p(table, tokens):
    pairs = itertools.pairwise((END, *tokens))
    return sum(math.log(table[before, after]) for before, after in pairs)


def search(table, settings, length):
    return beam_search(Chain(table), [], settings, length, UNKNOWN)


def test_one_beam_is_greedy(table):
    greedy = generate_ids(Chain(table), [], Sampler(temperature=0), 9, UNKNOWN)
    (found,) = search(table, Beams(1), 9)
    assert list(found.tokens) == list(greedy)


def test_a_beam_as_wide_as_all_continuations_finds_the_best_ones(table):
    known = range(1, SIZE)
    every = list(itertools.product(known, repeat=4))
    found = search(table, Beams(len(every)), 4)
    assert {h.tokens for h in found} == set(every)
    ranked = sorted((log_p(table, tokens) for tokens in every), reverse=True)
    np.testing.assert_allclose([h.log_probability for h in found], ranked)
    assert log_p(table, found[0].tokens) == pytest.approx(ranked[0])


@pytest.mark.parametrize("penalty", [0, 0.6, 2])
def test_up_to_the_end_of_the_line_lengths_are_compared(table, penalty):
    longest = 4
    words = range(2, SIZE)
    inner = [
        tokens for n in range(longest) for tokens in itertools.product(words, repeat=n)
    ]
    every = [(*tokens, END) for tokens in inner]
    every += itertools.product(words, repeat=longest)  # cut before their end

    def score(tokens):
        return log_p(table, tokens) / ((5 + len(tokens)) / 6) ** penalty

    found = search(table, Beams(len(every), penalty, last=END), longest)
    assert {h.tokens for h in found} == set(every)
    ended, cut = found[: len(inner)], found[len(inner) :]
    assert {h.is_finished for h in ended} == {True}
    assert {h.is_finished for h in cut} == {False}
    for part in (ended, cut):
        ranked = sorted((score(h.tokens) for h in part), reverse=True)
        np.testing.assert_allclose([h.score for h in part], ranked)
        assert score(part[0].tokens) == pytest.approx(ranked[0])


def test_the_search_stops_when_nothing_better_can_come():
    # the line ends with 0.6: 3 beams have ended before any other text is as probable
    table = np.tile([0.01, 0.6, 0.2, 0.1, 0.09], (SIZE, 1))
    pushed = []

    class Counted(Chain):
        def push(self, token_id):
            pushed.append(token_id)

    found = beam_search(Counted(table), [], Beams(3, 0, END), 10**6, UNKNOWN)
    assert [h.tokens for h in found] == [(1,), (2, 1), (3, 1)]
    assert len(pushed) < 20


def test_a_wider_beam_finds_what_a_narrow_one_misses():
    # 2 is the better first token (0.6), but 3 4 has 0.4 x 1, and 2 x at most 0.6 x 0.5
    table = np.full((SIZE, SIZE), 1e-9)
    table[END, [2, 3]] = 0.6, 0.4
    table[2, [2, 3]] = table[4, [2, 3]] = 0.5
    table[3, 4] = 1
    narrow, wide = (search(table, Beams(n), 2)[0] for n in (1, 2))
    assert (narrow.tokens, wide.tokens) == ((2, 2), (3, 4))
    assert math.exp(wide.log_probability) == pytest.approx(0.4)


def test_what_is_impossible_is_not_found():
    table = np.zeros((SIZE, SIZE))
    table[:, 2] = 1
    with np.errstate(divide="ignore"):
        found = search(table, Beams(3), 3)
    assert [h.tokens for h in found] == [(2, 2, 2)]


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"beams": 0}, "beams"),
        ({"beams": 2, "length_penalty": -1}, "length_penalty"),
        ({"beams": 2, "length_penalty": math.nan}, "length_penalty"),
    ],
)
def test_a_setting_out_of_range_is_named(settings, name):
    with pytest.raises(UsageError, match=f"`{name}`"):
        Beams(**settings)
