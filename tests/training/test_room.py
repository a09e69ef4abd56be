"""A network that does not fit into memory is refused before it takes any."""

import numpy as np
import pytest

from keraslm.errors import UsageError
from keraslm.models.build import build
from keraslm.training.configuration import Configuration
from keraslm.training.defaults import resolve
from keraslm.training.room import check_room, count_weights, window_shape

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
    ],
    ids=str,
)
def test_what_does_not_fit_is_refused(options):
    c = resolve(Configuration(**options))
    with pytest.raises(UsageError, match=r"needs about .* GB; this machine has"):
        check_room(c, VOCABULARY, 10**12)


def test_what_fits_passes():
    check_room(resolve(Configuration(model="lstm")), VOCABULARY, 10**12)
