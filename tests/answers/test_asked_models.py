"""What is asked of models, against the models themselves asked the slow way."""

import itertools

import numpy as np
import pytest

import keraslm
from keraslm.answers.branches import branches
from keraslm.answers.next_tokens import next_tokens
from keraslm.answers.pairs import common, knock_out, pair, ripple
from keraslm.answers.place import Asked
from keraslm.answers.surprise import surprise
from keraslm.counts.derivation import derivation
from keraslm.counts.model import NgramModel
from keraslm.errors import UsageError
from keraslm.inference.rows import next_of_each, push_each
from keraslm.sampling.prefixes import Prefixes
from keraslm.sampling.sampler import Sampler
from keraslm.sampling.stream import TokenStream
from keraslm.text.encoder import TextEncoder
from keraslm.text.text import Text


def after(model, ids):
    """The distribution after ids, read by a stream of its own."""
    stream = model.stream()
    stream.extend(ids)
    return np.exp(stream.next_log_probabilities())


def test_a_fork_goes_on_for_itself(asked):
    stream = asked.model.stream()
    stream.push(2)
    other = stream.fork()
    stream.push(3)
    other.push(4)
    for given, ids in ((stream, [2, 3]), (other, [2, 4])):
        np.testing.assert_allclose(
            np.exp(given.next_log_probabilities()), after(asked.model, ids), rtol=1e-6
        )


def test_what_was_read_of_a_prefix_is_not_read_again(asked):
    read = []

    class Counted(TokenStream):
        def __init__(self):
            self.stream = asked.model.stream()

        def push(self, token_id):
            read.append(token_id)
            self.stream.push(token_id)

        def next_log_probabilities(self):
            return self.stream.next_log_probabilities()

        def fork(self):
            forked = Counted()
            forked.stream = self.stream.fork()
            return forked

    prefixes = Prefixes(Counted, kept=2)
    for ids in ([2, 3], [2, 3, 4], [2, 3, 4], [2, 3, 5]):
        found = np.exp(prefixes.after(ids).next_log_probabilities())
        np.testing.assert_allclose(found, after(asked.model, ids), rtol=1e-6)
    assert read == [2, 3, 4, 5]
    assert len(prefixes) == 2
    prefixes.after([2, 3, 4]).push(2)  # the caller's own
    np.testing.assert_allclose(
        np.exp(prefixes.after([2, 3, 4]).next_log_probabilities()),
        after(asked.model, [2, 3, 4]),
        rtol=1e-6,
    )


def test_streams_at_different_places_are_stepped_together(asked):
    texts = [[2], [3, 4], [5, 2, 3]]
    streams = [asked.stream(ids) for ids in texts]
    push_each(streams, [4, 5, 6])
    longer = [[2, 4], [3, 4, 5], [5, 2, 3, 6]]
    expected = [after(asked.model, ids) for ids in longer]
    np.testing.assert_allclose(np.exp(next_of_each(streams)), expected, rtol=1e-5)


def test_a_column_has_all_probability_and_a_sampler_s_reshaped_one_too(asked):
    sampler = Sampler(temperature=0.5, top_k=3)
    answer = next_tokens([asked, asked], "the dog", sampler, point=0.4, top=4)
    p = after(asked.model, asked.encoder.encode_prompt("the dog"))
    (column, _), ids = answer["columns"], [t["id"] for t in answer["tokens"]]
    assert ids == np.argsort(-p, kind="stable")[:4].tolist()
    np.testing.assert_allclose(column["p"], p[ids], rtol=1e-6)
    assert sum(column["p"]) + column["others"] == pytest.approx(1)
    # Squared, the three best kept, made to sum to one; <unk> (0) is never written.
    weights = p**2
    weights[0] = 0
    weights[np.argsort(-weights, kind="stable")[3:]] = 0
    q = weights / weights.sum()
    np.testing.assert_allclose(column["q"], q[ids], rtol=1e-5)
    drawn = int(np.searchsorted(np.cumsum(q), 0.4, side="right"))
    assert column["drawn"]["token"] == asked.vocabulary.token(drawn)
    assert column["drawn"]["start"] == pytest.approx(q[:drawn].sum())
    assert column["kept"] == 3


def test_the_shares_of_the_orders_sum_to_the_probability(models):
    for name, backs_off in (("counts", False), ("katz", True)):
        asked = Asked(models[name])
        for text in ("", "the", "the dog", "dog the", "a cats"):
            place = asked.place(text)
            p = place.distribution()
            for word in range(len(p)):
                parts = derivation(asked.model, place.stream, word)
                assert sum(part.share for part in parts) == pytest.approx(p[word])
                assert all(part.share >= -1e-12 for part in parts)
                if backs_off:
                    assert sum(part.share > 0 for part in parts) <= 1


@pytest.mark.parametrize("smoothing", ["absolute-discounting", "kneser-ney"])
def test_a_share_is_a_count_less_its_discount_of_its_history(tmp_path, smoothing):
    text = "a b a b\na c a b\n"
    encoder = TextEncoder.fit(Text.from_string(text), level="word")
    ids = encoder.encode(text)
    NgramModel.train(encoder, ids, 2, smoothing).save(tmp_path / "m")
    model = NgramModel.load(tmp_path / "m")
    place = Asked(model).place("a")
    pair, word = derivation(model, place.stream, encoder.vocabulary["b"])
    # a b three times, a c once; b follows a alone, as c does: of words before there are
    # one for a b and a c each, two for a (after </s> and b or c), one for </s>
    discount = model.smoothing["discounts"][1]
    assert (pair.count, pair.total) == (3, 4)
    assert pair.discount == pytest.approx(discount)
    assert pair.own == pytest.approx((3 - discount) / 4)
    assert word.count == (3 if smoothing == "absolute-discounting" else 1)
    assert word.discount is None
    seldom = derivation(model, place.stream, encoder.vocabulary["a"])
    assert (seldom[0].count, seldom[0].discount) == (0, None)
    pruned = NgramModel.train(encoder, ids, 2, smoothing, prune=(0, 1))
    part = derivation(pruned, Asked(pruned).place("a").stream, place.ids[0])[0]
    assert (part.count, part.total, part.discount) == (None, None, None)


def test_surprise_is_the_score_of_the_text_without_its_end(asked):
    text = "the dog sleeps"
    answer = surprise(asked, text)
    score = asked.model.score(text)  # which predicts the end of the line, too
    expected = -np.array(score.log_probabilities)[:-1] / np.log(2)
    np.testing.assert_allclose(answer["bits"], expected, rtol=1e-5)
    assert answer["tokens"] == ["the", "dog", "sleeps"]
    assert "".join(answer["pieces"]) == text
    assert surprise(asked, "")["total"] == 0
    assert surprise(asked, "the horse")["unknown"] == ["horse"]


def test_the_tree_has_the_most_probable_continuations(asked):
    ids = asked.encoder.encode_prompt("the")
    p = after(asked.model, ids)
    size = len(p)
    exact = {}
    for first, second in itertools.product(range(size), repeat=2):
        exact[first,] = p[first]
        exact[first, second] = p[first] * after(asked.model, [*ids, first])[second]
    tree = branches(asked, "the", nodes=20, mass=1.0, depth=2)["nodes"]
    assert len(tree) == 21
    vocabulary = asked.vocabulary
    found = {}
    for node in tree[1:]:
        parent, path = node["parent"], (vocabulary.get(node["token"]),)
        if parent:
            path = (vocabulary.get(tree[parent]["token"]), *path)
        found[path] = node["probability"]
    for path, probability in found.items():
        assert probability == pytest.approx(exact[path], rel=1e-5)
    best = sorted(exact.values(), reverse=True)[:20]
    np.testing.assert_allclose(sorted(found.values(), reverse=True), best, rtol=1e-5)
    for k, node in enumerate(tree):  # what is not shown is told
        below = [n["probability"] for n in tree[1:] if n["parent"] == k]
        if below:
            rest = 1 - sum(below) / node["probability"]
            assert node["rest"] == pytest.approx(rest, abs=1e-6)


def test_a_branch_ends_at_the_mass_that_is_asked_for(asked):
    tree = branches(asked, "the", nodes=300, mass=0.6, depth=1)["nodes"]
    assert 1 - tree[0]["rest"] >= 0.6
    least = min(node["probability"] for node in tree[1:])
    assert 1 - tree[0]["rest"] - least < 0.6


class Grammar(TokenStream):
    """Only the dog may come first, and then anything but the dog."""

    def __init__(self, size, dog):
        self.size, self.dog, self.read = size, dog, ()

    def next_log_probabilities(self):
        if self.read[:1] not in ((), (self.dog,)):
            raise UsageError("no text begins so")
        log_p = np.full(self.size, -np.log(self.size - 1))
        if not self.read:
            log_p[:] = -np.inf
        log_p[self.dog] = -np.inf if self.read else 0
        return log_p

    def push(self, token_id):
        self.read = (*self.read, token_id)


def test_branches_that_leave_the_language_are_marked_and_counted_once(models):
    asked, truth = Asked(models["counts"]), Asked(models["counts"])
    dog = asked.vocabulary.get("dog")
    truth.stream = lambda ids: Grammar(len(asked.vocabulary), dog)
    answer = branches(asked, "the", truth, nodes=40, mass=1.0, depth=2)
    wrong = 0.0
    for node in answer["nodes"][1:]:
        if not node["parent"]:
            assert node["possible"] == (node["token"] == "dog")
            wrong += 0 if node["possible"] else node["probability"]
        else:
            parent = answer["nodes"][node["parent"]]
            possible = parent["token"] == "dog" and node["token"] != "dog"
            assert node["possible"] == possible
            if parent["possible"] and not possible:
                wrong += node["probability"]
    assert answer["impossible"] == pytest.approx(wrong)


def test_the_ripple_is_the_divergence_at_each_common_token(asked):
    one, other = "the dog sleeps a cat", "the cat sleeps a cat"
    ids = [asked.encoder.encode_prompt(text) for text in (one, other)]
    assert common(*ids) == (1, 3)
    values = ripple(asked, *ids, end=3)
    for k, value in enumerate(values):
        p, q = (after(asked.model, own[: 2 + k]) for own in ids)
        expected = float(np.sum(p * np.log2(p / q)))
        assert value == pytest.approx(expected, abs=1e-6)


def test_a_trigram_forgets_after_two_tokens_exactly(models):
    for name in ("counts", "trigram"):
        told = pair(Asked(models[name]), "the dog sleeps a cat", "a cat sleeps a cat")
        assert told["ripple"][0] > 0
        assert told["ripple"][2:] == [0.0, 0.0]


def test_the_log_odds_are_those_of_the_scores(asked):
    one, other = "the dog barks", "the cats barks"
    told = pair(asked, one, other)
    scores = [np.sum(asked.model.score(t).log_probabilities[:-1]) for t in (one, other)]
    assert told["log_odds"] == pytest.approx(
        (scores[0] - scores[1]) / np.log(2), rel=1e-5
    )


def test_knocking_out_a_token_is_reading_the_text_without_it(asked):
    text, token = "the dog sleeps the", asked.vocabulary.get("cat")
    ids = asked.encoder.encode_prompt(text)
    whole = np.log2(after(asked.model, ids)[token])
    changes = knock_out(asked, text, token)
    assert len(changes) == 4
    for k, change in enumerate(changes):
        without = np.log2(after(asked.model, ids[:k] + ids[k + 1 :])[token])
        assert change == pytest.approx(whole - without, abs=1e-5)


def test_a_text_that_the_truth_holds_for_impossible_has_no_figures():
    truth = Asked(keraslm.load("truth:village"))
    text, wrong = "the dog", "the the"
    answer = next_tokens([truth], wrong, Sampler(), point=0.5)
    assert (answer["tokens"], answer["columns"]) == ([], [None])
    assert len(branches(truth, wrong)["nodes"]) == 1
    assert surprise(truth, wrong)["bits"][1] is None
    told = pair(truth, text, wrong)
    assert (told["log_odds"], told["ripple"]) == (None, [None])
    assert knock_out(truth, wrong, 5) == [None, None]
    tree = branches(truth, text, truth, nodes=50)
    assert all(node["possible"] for node in tree["nodes"][1:])
    assert tree["impossible"] == 0
