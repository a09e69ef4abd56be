"""Many continuations at once have the probabilities that each has alone."""

import pathlib

import numpy as np
import pytest

import keraslm
from keraslm.continuations import Continuation, log_probabilities

FIXTURES = pathlib.Path(__file__).parent / "fixtures/version-1"
KINDS = ("ngram-kneser-ney", "bigram", "maxent", "gru", "lstm-tied")


def by_a_stream(model, one):
    stream, total = model.stream(), 0.0
    stream.extend(one.history)
    for token_id in one.ids:
        total += stream.next_log_probabilities()[token_id]
        stream.push(token_id)
    return total


@pytest.mark.parametrize("kind", KINDS)
def test_side_by_side_as_alone(kind):
    model = keraslm.load(FIXTURES / f"{kind}.keras")
    rng = np.random.default_rng(1)

    def some(least, most):
        size = rng.integers(least, most, endpoint=True)
        return tuple(rng.integers(1, len(model.vocabulary), size).tolist())

    asked = [Continuation(some(0, 9), some(1, 4)) for _ in range(100)]
    asked += asked[:3]  # asked again
    asked += [Continuation(one.history, (1,)) for one in asked[:9]]  # one history
    expected = [by_a_stream(model, one) for one in asked]
    np.testing.assert_allclose(log_probabilities(model, asked), expected, atol=1e-4)


def test_nothing_asked():
    assert len(log_probabilities(keraslm.load(FIXTURES / "gru.keras"), [])) == 0
