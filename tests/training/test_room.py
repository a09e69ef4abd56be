"""A network that does not fit into memory is refused before it takes any."""

import numpy as np
import pytest

from keraslm.errors import UsageError
from keraslm.training.network import build
from keraslm.training.options import Configuration, resolve
from keraslm.training.reporter import Reporter
from keraslm.training.room import check_room, count_weights, scores, window_shape
from keraslm.training.softmax import new_softmax

VOCABULARY = 50


@pytest.mark.parametrize(
    "options",
    [
        {"model": "rnn"},
        {"model": "gru", "layers": 3, "units": 24},
        {"model": "lstm", "layers": 2, "units": 24, "embedding": 8},
        {"model": "lstm", "units": 24, "embedding": 24, "tied": True},
        {"model": "bigram"},
        {"model": "bigram", "hidden": "none", "input": "one-hot"},
        {"model": "trigram", "input": "one-hot", "hidden": "20,10"},
        {"model": "neural-ngram", "context": 5, "input": "bag-of-words"},
        {"model": "transformer", "layers": 3, "units": 24},
        {"model": "transformer", "tied": True},
    ],
    ids=str,
)
def test_the_weights_are_those_that_are_built(options):
    c = resolve(Configuration(**options))
    built = build(c, VOCABULARY).weights
    matrices = [w for w in built if len(w.shape) == 2 and "bias" not in w.name]
    assert count_weights(c, VOCABULARY) == sum(int(np.prod(w.shape)) for w in matrices)


def test_hashed_features_are_counted():
    c = resolve(Configuration(model="maxent", features="hashed:10"))
    # 2^10 weights, and a bias of each word
    assert build(c, VOCABULARY).count_params() == 1024 + VOCABULARY
    assert count_weights(c, VOCABULARY) == 1024
    direct = {"direct_order": 3, "features": "hashed:10"}
    plain, more = (resolve(Configuration(**options)) for options in ({}, direct))
    added = count_weights(more, VOCABULARY) - count_weights(plain, VOCABULARY)
    assert added == 1024


def test_fewer_features_than_words_are_refused():
    for more in ({"model": "maxent"}, {"model": "gru", "direct_order": 2}):
        c = resolve(Configuration(features="hashed:5", **more))
        check_room(c, 32, 1000)
        with pytest.raises(
            UsageError, match="each of 33 words or classes; received hashed:5"
        ):
            check_room(c, 33, 1000)


def test_windows_are_no_larger_than_the_text():
    c = Configuration(batch_size=4, time=100)
    assert window_shape(c, 10) == (4, 3)  # ceil(10 / 4) = 3
    assert window_shape(c, 3) == (3, 1)
    assert window_shape(c, 1000) == (4, 100)


@pytest.mark.parametrize(
    "options",
    [
        {"units": 2_000_000_000},
        {"embedding": 2_000_000_000},
        {"model": "bigram", "hidden": "2000000000"},
        {"batch_size": 2_000_000_000},
        {"time": 2_000_000_000, "batch_size": 1},
        {"model": "transformer", "time": 8192, "batch_size": 10_000},
    ],
    ids=str,
)
def test_what_does_not_fit_is_refused(options):
    c = resolve(Configuration(**options))
    with pytest.raises(UsageError, match=r"needs about .* GB; this machine has"):
        check_room(c, VOCABULARY, 10**12)


# 1.6 million tokens a step: the logits of 50,000 words would take 640 GB, twice; of
# 16 drawn words they are less than what the cells keep.
def test_a_softmax_that_scores_few_words_needs_less():
    wide = {"batch_size": 50_000, "time": 32, "units": 8, "embedding": 8}
    full = resolve(Configuration(model="gru", **wide))
    with pytest.raises(UsageError, match="needs about"):
        check_room(full, 50_000, 10**12)
    sampled = resolve(Configuration(model="gru", softmax="sampled", samples=16, **wide))
    assert scores(sampled, 50_000) == 16
    check_room(sampled, 50_000, 10**12)


@pytest.mark.parametrize("softmax", ["adaptive", "classes"])
def test_an_estimate_for_bands_and_classes_is_near_what_is_built(softmax):
    words = 50_000
    c = resolve(Configuration(model="lstm", softmax=softmax))
    q = np.arange(3.0, words + 3) ** -1.15  # Zipf's law, near that of a long text
    counts = np.floor(2e6 * q / q.sum()) + 1
    made = new_softmax(c, _Counted(counts), Reporter())
    model = build(c, words, made)
    assert 0.5 < count_weights(c, words) / model.count_params() < 2
    assert 0.3 < scores(c, words) / made.widest < 3


class _Counted:
    """The counts of a vocabulary, without its words."""

    def __init__(self, counts):
        self.counts = counts

    def __len__(self):
        return len(self.counts)


def test_what_fits_passes():
    check_room(resolve(Configuration(model="lstm")), VOCABULARY, 10**12)
