import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keraslm.counts import trie
from keraslm.counts.additive import Additive, best_delta
from keraslm.counts.ngrams import count_ngrams
from keraslm.counts.stream import NgramStream
from keraslm.errors import UsageError

# "a b a b\na c\n": a = 2, b = 3, c = 4, V = 5; see conftest.py
CASES = [
    # (order, delta, history, word, probability)
    (1, 1, "", "a", (3 + 1) / (8 + 5)),  # count(a)=3 of 8 tokens, </s> counted
    (1, 1, "", "<unk>", (0 + 1) / (8 + 5)),
    (2, 1, "a", "b", (2 + 1) / (3 + 5)),  # count(a b)=2, count(a)=3
    (2, 1, "a", "c", (1 + 1) / (3 + 5)),  # count(a c)=1
    (2, 1, "a", "a", (0 + 1) / (3 + 5)),
    (2, 1, "", "a", (2 + 1) / (2 + 5)),  # count(<s> a)=2, count(<s>)=2
    (2, 0.5, "a", "b", (2 + 0.5) / (3 + 2.5)),
    (2, 0, "a", "b", 2 / 3),
    (2, 0, "a", "a", 0),
    (3, 1, "a b", "a", (1 + 1) / (2 + 5)),  # count(a b a)=1, count(a b .)=2
    (3, 1, "a", "b", (1 + 1) / (2 + 5)),  # <s> a b: count 1, count(<s> a)=2
    (3, 1, "b a", "b", (1 + 1) / (1 + 5)),  # "b a" from the second word on: count 1
    (3, 1, "b", "a", (0 + 1) / (0 + 5)),  # "<s> b" was never seen: uniform
    (3, 0, "b", "a", 1 / 5),
    (3, 1, "a c\na", "c", (1 + 1) / (2 + 5)),  # the history starts again at the line
]


@pytest.mark.parametrize(("order", "delta", "history", "word", "expected"), CASES)
def test_the_probability_is_the_formulas(train, order, delta, history, word, expected):
    model = train(order, delta)
    row = model.next_token_probabilities(history)
    assert row[model.vocabulary[word]] == pytest.approx(expected, rel=1e-12)


def test_a_text_without_smoothing_may_be_impossible(train):
    assert train(2, 0).perplexity("a a\n") == math.inf


def test_without_smoothing_the_training_text_is_its_own_frequencies(train):
    # <s> a 2/2, a b 2/3, b a 1/2, a b 2/3, b </s> 1/2, a 2/2, a c 1/3, c </s> 1/1
    product = (2 / 3) * (1 / 2) * (2 / 3) * (1 / 2) * (1 / 3)
    score = train(2, 0).score("a b a b\na c\n")
    assert score.log_probability == pytest.approx(math.log(product))
    assert score.perplexity == pytest.approx(product ** (-1 / 8))


ids_of = st.lists(st.integers(0, 6), min_size=1, max_size=80).map(np.array)
deltas = st.sampled_from([0, 1e-4, 0.3, 1, 7])


@given(ids_of, ids_of, st.integers(1, 5), deltas)
def test_equal_to_dictionaries_on_any_text(naive, seen, text, order, delta):
    table = Additive(delta).estimate(count_ngrams(seen, 7, order))
    slow = naive(seen.tolist(), 7, order, delta)
    (found,) = table.trie.look_up(text)
    np.testing.assert_allclose(
        table.log_probabilities(found),
        slow.log_probabilities(text.tolist()),
        rtol=1e-12,
    )


@given(ids_of, ids_of, st.integers(1, 5), deltas)
def test_every_history_seen_or_not_sums_to_one(seen, history, order, delta):
    table = Additive(delta).estimate(count_ngrams(seen, 7, order))
    stream = NgramStream(table)
    for token in history.tolist():
        row = stream.next_log_probabilities()
        assert row.shape == (7,)
        assert np.exp(row).sum() == pytest.approx(1, abs=1e-12)
        stream.push(token)


@given(ids_of, ids_of, st.integers(1, 5), deltas)
def test_a_whole_text_is_scored_as_token_by_token(seen, text, order, delta):
    table = Additive(delta).estimate(count_ngrams(seen, 7, order))
    stream, one_by_one = NgramStream(table), []
    for token in text.tolist():
        one_by_one.append(stream.next_log_probabilities()[token])
        stream.push(token)
    (found,) = table.trie.look_up(text)
    whole = table.log_probabilities(found)
    np.testing.assert_array_equal(whole, one_by_one)


@pytest.mark.parametrize("chunk", [1, 2, 3, 7])
def test_scores_do_not_depend_on_the_stretches_read_at_once(monkeypatch, train, chunk):
    rng = np.random.default_rng(0)
    seen, text = rng.integers(1, 5, 300), rng.integers(0, 5, 100)
    for order in (1, 2, 3, 5):
        model = train(order, 0.5)
        model.table = Additive(0.5).estimate(count_ngrams(seen, 5, order))
        whole = model.log_probabilities(text)
        with monkeypatch.context() as patch:
            patch.setattr(trie, "CHUNK", chunk)
            np.testing.assert_array_equal(model.log_probabilities(text), whole)


def test_best_delta_beats_its_neighbours(train):
    rng = np.random.default_rng(1)
    seen, held_out = rng.integers(1, 5, 200), rng.integers(1, 5, 100)
    counted = count_ngrams(seen, 5, 3)

    def nats(delta):
        table = Additive(delta).estimate(counted)
        (found,) = table.trie.look_up(held_out)
        return -table.log_probabilities(found).mean()

    best = best_delta(counted, held_out)
    assert 1e-6 <= best <= 10
    for factor in (0.01, 0.5, 0.9, 1.1, 2, 100):
        assert nats(best) <= nats(best * factor) + 1e-9


@pytest.mark.parametrize("delta", [-0.1, math.inf, math.nan])
def test_a_negative_delta_is_refused(delta):
    with pytest.raises(UsageError, match="delta must be 0 or more"):
        Additive(delta)
