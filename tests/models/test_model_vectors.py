"""The vectors of a model are what its first layer reads for each token."""

import numpy as np
import pytest

from keraslm.errors import UsageError
from keraslm.inference.token_vectors import vectors_of
from keraslm.models import KerasLanguageModel, maxent, rnn, trigram
from keraslm.text import TextEncoder, tokenizer_named

ENCODER, _ = TextEncoder.learn(tokenizer_named("word"), "a b c\n")


@pytest.mark.parametrize(
    "network",
    [
        rnn(5, embedding=3, units=4),
        rnn(5, embedding=3, units=3, tied=True),
        trigram(5, embedding=3, hidden=(4,)),
    ],
)
def test_an_embedding_gives_its_rows(network):
    vectors = vectors_of(KerasLanguageModel(network, ENCODER, "any"))
    assert vectors.words == ENCODER.vocabulary.tokens
    rows = np.asarray(network.embed(np.arange(5)))
    np.testing.assert_array_equal(vectors.matrix, rows)


@pytest.mark.parametrize("kind", ["one-hot", "bag-of-words"])
def test_a_one_hot_model_gives_the_rows_that_the_last_token_adds(kind):
    network = trigram(5, input=kind, hidden=(4,))
    vectors = vectors_of(KerasLanguageModel(network, ENCODER, "any"))
    # what the first layer gives for (0, x) less what it gives for (0, 1) is W[x] - W[1]
    read = [np.asarray(network.first(np.array([[[0, x]]]))) for x in range(1, 5)]
    added = np.array(read)[:, 0, 0]
    rows = vectors.matrix[1:]
    np.testing.assert_allclose(added - added[0], rows - rows[0], atol=1e-6)


def test_a_model_of_features_has_no_vectors():
    network = maxent(5, order=2, bits=6)
    with pytest.raises(UsageError, match="maxent weighs n-grams and has no vectors"):
        vectors_of(KerasLanguageModel(network, ENCODER, "maxent"))
