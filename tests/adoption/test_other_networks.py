"""Networks as other people write them that need more care, or must be refused."""

import keras
import numpy as np
import pytest
from keras import layers

from keraslm.adoption import Adoption, adopt
from keraslm.errors import ModelFileError, UsageError

SIZE = 6  # of the vocabulary of conftest


def window_read_from_both_ends():
    """All of a window is the past, so a network may read it in both directions."""
    both = layers.Bidirectional(layers.LSTM(3))
    last = layers.Dense(SIZE, activation="softmax")
    return keras.Sequential([keras.Input((4,)), layers.Embedding(SIZE, 3), both, last])


def positions_in_the_graph():
    """The positions are an array that stands in the configuration."""
    ids = keras.Input((8,), dtype="int32")
    where = layers.Embedding(8, 4)(keras.ops.arange(8))
    vectors = layers.Embedding(SIZE, 4)(ids) + where
    attended = layers.MultiHeadAttention(2, 2)(vectors, vectors, use_causal_mask=True)
    return keras.Model(ids, layers.Dense(SIZE)(attended))


def attention_of_a_list():
    """The layer Attention takes a list, and its mask by name."""
    ids = keras.Input((8,), dtype="int32")
    vectors = layers.Embedding(SIZE, 4)(ids)
    attended = layers.Attention()([vectors, vectors], use_causal_mask=True)
    return keras.Model(ids, layers.Dense(SIZE)(layers.add([vectors, attended])))


def transformer(causal=True):
    """Blocks of stock layers, as one writes them by hand, and learned positions."""
    ids = keras.Input((8,), dtype="int32")
    x = layers.Embedding(SIZE, 4)(ids) + layers.Embedding(8, 4)(keras.ops.arange(8))
    for _ in range(2):
        norm = layers.LayerNormalization()(x)
        attend = layers.MultiHeadAttention(2, 2)
        x = x + attend(norm, norm, use_causal_mask=causal)
        norm = layers.LayerNormalization()(x)
        x = x + layers.Dense(4)(layers.Dense(16, activation="gelu")(norm))
    return keras.Model(ids, layers.Dense(SIZE)(layers.LayerNormalization()(x)))


def last_position_only():
    """A slice takes the last of the positions."""
    ids = keras.Input((4,), dtype="int32")
    read = layers.GRU(3, return_sequences=True)(layers.Embedding(SIZE, 3)(ids))
    return keras.Model(ids, layers.Dense(SIZE)(read[:, -1]))


def sigmoid():
    """Every output lies between 0 and 1, and they do not sum to one."""
    last = layers.Dense(SIZE, activation="sigmoid")
    return keras.Sequential([keras.Input((None,)), layers.Embedding(SIZE, 3), last])


@pytest.mark.parametrize(
    "build",
    [
        window_read_from_both_ends,
        positions_in_the_graph,
        attention_of_a_list,
        transformer,
        last_position_only,
    ],
)
def test_it_predicts_as_before(saved, build):
    foreign, path, tokens = saved(build)
    model = adopt(path, tokens)
    time = foreign.inputs[0].shape[1]
    text = np.resize([2, 4, 5, 3, 2], time)
    shown = keras.ops.convert_to_numpy(foreign(text[None]))
    row = shown.reshape(-1, SIZE)[-1].astype(float)  # after the whole window
    if build is not window_read_from_both_ends:
        row = np.exp(row) / np.exp(row).sum()
    letters = "\nabcde"
    found = model.next_token_probabilities("".join(letters[i] for i in text))
    places = [model.encoder.vocabulary.tokens.index(letter) for letter in letters]
    np.testing.assert_allclose(found[places], row, rtol=1e-4)


def test_a_transformer_that_looks_ahead_is_refused(saved):
    _, path, tokens = saved(lambda: transformer(causal=False))
    with pytest.raises(ModelFileError, match=r"looks ahead: .* without a causal mask"):
        adopt(path, tokens)


def test_a_sigmoid_gives_no_distribution_and_is_said(saved):
    _, path, tokens = saved(sigmoid)
    with pytest.raises(UsageError, match=r"a sum is .* away from 1 \(a sigmoid\?\)"):
        adopt(path, tokens)
    assert adopt(path, tokens, Adoption(outputs="logits"))
