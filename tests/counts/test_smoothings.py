"""Every smoothing: its formula by hand, and that probabilities sum to one."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keraslm.counts.jelinek_mercer import JelinekMercer
from keraslm.counts.katz import Katz
from keraslm.counts.model import NgramModel
from keraslm.counts.modified_kneser_ney import ModifiedKneserNey
from keraslm.counts.ngrams import count_ngrams
from keraslm.counts.smoothing import kept_after_pruning
from keraslm.counts.smoothings import SMOOTHINGS, smoothing_named
from keraslm.counts.stream import NgramStream
from keraslm.counts.stupid_backoff import StupidBackoff
from keraslm.errors import UsageError
from keraslm.sampling.sampler import Sampler

# "a b a b\na c\n": <s> a b a b </s>, <s> a c </s>; V = 5 with <unk> and </s>
# c(a)=3, c(b)=2, c(c)=1, c(</s>)=2 of 8;
# c(<s> a)=2, c(a b)=2, c(a c)=1, c(b a)=1, c(b </s>)=1, c(c </s>)=1
# a(w), the different words before: a: 2 (<s>, b), b: 1, c: 1, </s>: 2 (b, c); 6 in all

U = 1 / 5  # the uniform distribution
# Witten-Bell: 4 words of 8 tokens are different
WB_B, WB_A = (2 + 4 * U) / (8 + 4), (3 + 4 * U) / (8 + 4)
# absolute discounting: n1 = 1 (c), n2 = 2 (b, </s>), D1 = 1 / 5; 4 words give 4 D1
AD_A = (3 - 0.2) / 8 + 4 * 0.2 / 8 * U
AD_B = (2 - 0.2) / 8 + 4 * 0.2 / 8 * U
# of order 2: n1 = 4, n2 = 2, D2 = 4 / (4 + 4) = 0.5
# Kneser-Ney: a(w) has n1 = 2, n2 = 2, D1 = 2 / (2 + 4) = 1/3; 4 words give 4 D1
KN_A = (2 - 1 / 3) / 6 + 4 / 3 / 6 * U
KN_B = (1 - 1 / 3) / 6 + 4 / 3 / 6 * U
# Katz with too few counts of counts: d_r = (r - 0.5) / r; <unk> alone is unseen
# stupid backoff: scores 3/8, 2/8, 1/8, 2/8 and 0.4 U for <unk>: 1.08 in all;
# after a: 2/3, 1/3 and 0.4 times the rest: 1 + 0.4 (1.08 - 2/8 - 1/8) = 1.282
BY_HAND = [
    ("mle", 1, "", "a", 3 / 8),
    ("mle", 2, "a", "b", 2 / 3),
    ("mle", 2, "a", "a", 0),
    ("mle", 3, "a b", "a", 1 / 2),
    ("witten-bell", 1, "", "<unk>", 4 * U / (8 + 4)),
    ("witten-bell", 2, "a", "b", (2 + 2 * WB_B) / (3 + 2)),  # 2 words after a
    ("witten-bell", 2, "a", "a", 2 * WB_A / (3 + 2)),
    ("absolute-discounting", 1, "", "a", AD_A),
    ("absolute-discounting", 2, "a", "b", (2 - 0.5) / 3 + 2 * 0.5 / 3 * AD_B),
    ("absolute-discounting", 2, "a", "a", 2 * 0.5 / 3 * AD_A),
    ("kneser-ney", 2, "a", "b", (2 - 0.5) / 3 + 2 * 0.5 / 3 * KN_B),
    ("kneser-ney", 2, "a", "a", 2 * 0.5 / 3 * KN_A),
    # two orders of counts are too few for D1, D2, D3: 0.5, 1, 1.5 of both orders
    # P(b) = (1 - 0.5) / 6 + (2 * 0.5 + 2 * 1) / 6 U; after a 2 - 1 and 1 - 0.5 of 3
    ("modified-kneser-ney", 2, "a", "b", 1 / 3 + 0.5 * (0.5 / 6 + 3 / 6 * U)),
    # of order 1 alone, n_1 .. n_4 = 1, 2, 1, 0: Y = 1/5, D = 1 - 4/5, 2 - 3/10, 3
    ("modified-kneser-ney", 1, "", "<unk>", (3 + 1.7 + 0.2 + 1.7) / 8 * U),
    ("katz", 1, "", "a", 2.5 / 8),
    ("katz", 1, "", "<unk>", 4 * 0.5 / 8),
    ("katz", 2, "a", "b", 1.5 / 3),
    # the rest, 1/3, is shared by the words not seen after a: 1 - P(b) - P(c)
    ("katz", 2, "a", "a", 1 / 3 * (2.5 / 8) / (1 - 1.5 / 8 - 0.5 / 8)),
    ("stupid-backoff", 1, "", "a", 3 / 8 / 1.08),
    ("stupid-backoff", 2, "a", "b", 2 / 3 / 1.282),
    ("stupid-backoff", 2, "a", "a", 0.4 * 3 / 8 / 1.282),
]


@pytest.mark.parametrize(("name", "order", "history", "word", "expected"), BY_HAND)
def test_the_probability_is_the_formulas(train, name, order, history, word, expected):
    model = train(order, smoothing=name)
    row = model.next_token_probabilities(history)
    assert row[model.vocabulary[word]] == pytest.approx(expected, rel=1e-12)


def test_jelinek_mercer_mixes_the_orders(train):
    model = train(2, smoothing=JelinekMercer([0.9, 0.6]))
    row = model.next_token_probabilities("a")
    # 0.6 c(a b)/c(a) + 0.4 (0.9 c(b)/N + 0.1 / V)
    expected = 0.6 * 2 / 3 + 0.4 * (0.9 * 2 / 8 + 0.1 / 5)
    assert row[model.vocabulary["b"]] == pytest.approx(expected, rel=1e-12)


def test_the_scores_of_stupid_backoff_are_those_of_brants(encoder):
    ids = encoder.encode("a b a b\na c\n")
    ngrams = count_ngrams(ids, 5, 2)
    scores = StupidBackoff().scores(ngrams, kept_after_pruning(ngrams, ()))
    stream = NgramStream(scores)
    stream.push(encoder.vocabulary["a"])
    row = np.exp(stream.next_log_probabilities())
    # S(b | a) = 2/3, S(c | a) = 1/3; 0.4 S(w) for the others, 0.4 0.4 / V for <unk>
    expected = [0.4 * 0.4 / 5, 0.4 * 2 / 8, 0.4 * 3 / 8, 2 / 3, 1 / 3]
    assert row == pytest.approx(expected)
    assert row.sum() == pytest.approx(1.282)


def test_good_turing_discounts_by_hand():
    # n_1 .. n_6 = 100, 40, 20, 12, 8, 5: r* = 2 40/100 = 0.8, g = 6 5/100 = 0.3
    # d_1 = (0.8 - 0.3) / 0.7, d_2 = (3 20/40 / 2 - 0.3) / 0.7 = 0.45 / 0.7
    times = np.repeat([1, 2, 3, 4, 5, 6], [100, 40, 20, 12, 8, 5])
    ids = np.repeat(np.arange(2, 2 + len(times)), times)
    discounts = Katz.fit(count_ngrams(ids, 2 + len(times), 1)).discounts[0]
    assert discounts[:2] == pytest.approx([0.5 / 0.7, 0.45 / 0.7])


def test_modified_kneser_ney_discounts_by_hand():
    # of order 1 the counts are the occurrences: n_1 .. n_4 = 10, 6, 4, 3
    # Y = 10 / 22; D1 = 1 - 2 Y 6/10, D2 = 2 - 3 Y 4/6, D3 = 3 - 4 Y 3/4
    times = np.repeat([1, 2, 3, 4], [10, 6, 4, 3])
    ids = np.repeat(np.arange(2, 2 + len(times)), times)
    (found,) = ModifiedKneserNey.fit(count_ngrams(ids, 2 + len(times), 1)).discounts
    y = 10 / 22
    assert found == pytest.approx([1 - 1.2 * y, 2 - 2 * y, 3 - 3 * y])


ids_of = st.lists(st.integers(0, 6), min_size=1, max_size=80).map(np.array)
prunings = st.sampled_from([(), (0, 1), (0, 0, 1), (0, 1, 2)])
pruned_names = st.sampled_from([name for name in SMOOTHINGS if name != "additive"])


def table_of(name, seen, order, prune):
    ngrams = count_ngrams(seen, 7, order)
    return smoothing_named(name).fit(ngrams, seen[::2]).estimate(ngrams, prune)


@given(pruned_names, ids_of, ids_of, st.integers(1, 6), prunings)
def test_every_history_seen_or_not_sums_to_one(name, seen, history, order, prune):
    stream = NgramStream(table_of(name, seen, order, prune))
    for token in history.tolist():
        row = np.exp(stream.next_log_probabilities())
        assert row.sum() == pytest.approx(1, abs=1e-9)
        assert (row >= 0).all()
        stream.push(token)


@given(pruned_names, ids_of, ids_of, st.integers(1, 5), prunings)
def test_a_whole_text_is_scored_as_token_by_token(name, seen, text, order, prune):
    table = table_of(name, seen, order, prune)
    stream, one_by_one = NgramStream(table), []
    for token in text.tolist():
        one_by_one.append(stream.next_log_probabilities()[token])
        stream.push(token)
    (found,) = table.trie.look_up(text)
    np.testing.assert_allclose(
        table.log_probabilities(found), one_by_one, rtol=1e-12, atol=1e-12
    )


@given(ids_of, st.integers(2, 4))
def test_pruning_leaves_out_what_is_rare(seen, order):
    ngrams = count_ngrams(seen, 7, order)
    table = table_of("witten-bell", seen, order, (0, 1))
    often = [int((counts > 1).sum()) for counts in ngrams.counts[1:]]
    assert table.sizes() == [7, *often]


def test_expectation_maximisation_finds_the_best_weights(encoder):
    rng = np.random.default_rng(3)
    # the next word is the last one and one of two, or any: worth mixing
    text = np.cumsum(rng.choice([0, 1, 3], 900, p=[0.1, 0.5, 0.4])) % 11
    text = np.where(rng.random(900) < 0.3, rng.integers(0, 12, 900), text)
    seen, held_out = text[:600], text[600:]
    ngrams = count_ngrams(seen, 12, 3)

    def nats(lambdas):
        table = JelinekMercer(lambdas).estimate(ngrams)
        (found,) = table.trie.look_up(held_out)
        return -table.log_probabilities(found).mean()

    best = JelinekMercer.fit(ngrams, held_out).lambdas
    for n in range(3):
        for step in (-0.02, 0.02):
            other = list(best)
            other[n] = min(max(other[n] + step, 1e-6), 1 - 1e-6)
            assert nats(best) <= nats(other) + 2e-5  # EM ends slowly near 0


def test_jelinek_mercer_needs_held_out_text(train):
    with pytest.raises(UsageError, match="validation text"):
        train(2, smoothing="jelinek-mercer")


def test_the_card_names_the_smoothing_and_its_numbers(encoder):
    ids = encoder.encode("a b a b\na c\n")
    model = NgramModel.train(encoder, ids, 2, "jelinek-mercer", ids)
    assert len(model.details["smoothing"]["lambdas"]) == 2
    stupid = NgramModel.train(encoder, ids, 2, "stupid-backoff")
    assert "scores, not probabilities" in stupid.details["smoothing"]["notes"][0]


def test_an_unknown_smoothing_is_refused(train):
    with pytest.raises(UsageError, match=r"one of mle, additive.*received 'laplace'"):
        train(2, smoothing="laplace")


def test_additive_smoothing_is_not_pruned(train):
    with pytest.raises(UsageError, match="cannot be pruned"):
        train(2, smoothing="additive", prune=(0, 1))


@pytest.mark.parametrize("name", SMOOTHINGS)
def test_a_smoothing_is_found_by_the_name_that_it_bears(name):
    assert smoothing_named(name).name == name


def test_maximum_likelihood_knows_its_own_text_only(train):
    model = train(3, smoothing="mle")
    assert model.perplexity("a a\n") == math.inf


@pytest.mark.parametrize("name", ["modified-kneser-ney", "katz", "mle"])
def test_what_is_drawn_is_distributed_as_the_model_says(train, name):
    stream = train(3, smoothing=name).stream()
    stream.push(2)  # after "a": b and c were seen, the others were not
    p = np.exp(stream.next_log_probabilities())
    p[0] = 0  # <unk> is never written
    sampler, draws = Sampler(seed=1), 20_000
    drawn = np.bincount([stream.draw(sampler, 0) for _ in range(draws)], minlength=5)
    expected = p / p.sum()
    error = np.sqrt(expected * (1 - expected) / draws)
    assert (np.abs(drawn / draws - expected) <= 4 * error).all()
