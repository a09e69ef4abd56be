"""Small Keras models as other people write them, with random weights."""

import json

import keras
import numpy as np
import pytest
from keras import layers

TOKENS = list("\nabcde")
SIZE = len(TOKENS)


def spread(model):
    """Give a model weights that are far from zero."""
    rng = np.random.default_rng(1)
    model.set_weights([rng.normal(0, 0.7, w.shape) for w in model.get_weights()])
    return model


def sequence_logits():
    """Ids of any length to logits at every position."""
    return keras.Sequential(
        [
            keras.Input((None,)),
            layers.Embedding(SIZE, 3),
            layers.LSTM(4, return_sequences=True),
            layers.Dropout(0.5),
            layers.GRU(4, return_sequences=True),
            layers.Dense(SIZE),
        ]
    )


def stateful():
    """The batch and the time are fixed, and the states stay from call to call."""
    return keras.Sequential(
        [
            keras.Input(batch_shape=(2, 5)),
            layers.Embedding(SIZE, 3),
            layers.SimpleRNN(4, return_sequences=True, stateful=True),
            layers.TimeDistributed(layers.Dense(SIZE, activation="softmax")),
        ]
    )


def one_step():
    """One vector to the next token; the states stay from call to call."""
    return keras.Sequential(
        [
            keras.Input(batch_shape=(1, 1, SIZE)),
            layers.LSTM(4, return_sequences=True, stateful=True),
            layers.LSTM(4, stateful=True),
            layers.Dense(SIZE, activation="softmax"),
        ]
    )


def masked():
    """Token 0 is masked; a functional model with a sum of two layers."""
    ids = keras.Input((None,), dtype="int32")
    first = layers.Embedding(SIZE, 4, mask_zero=True)(ids)
    second = layers.GRU(4, return_sequences=True)(first)
    joined = layers.LayerNormalization()(layers.add([first, second]))
    return keras.Model(ids, layers.Dense(SIZE)(joined))


def one_hot_window():
    """The classic Keras character example: a window of vectors to the next one."""
    return keras.Sequential(
        [
            keras.Input((4, SIZE)),
            layers.LSTM(5),
            layers.Dense(SIZE, activation="softmax"),
        ]
    )


def id_window():
    """Three ids to the next one, as Bengio's model."""
    return keras.Sequential(
        [
            keras.Input((3,)),
            layers.Embedding(SIZE, 3),
            layers.Flatten(),
            layers.Dense(5, activation="tanh"),
            layers.Dense(SIZE),
        ]
    )


def convolution():
    """A causal convolution that sees three tokens."""
    return keras.Sequential(
        [
            keras.Input((None,)),
            layers.Embedding(SIZE, 4),
            layers.Conv1D(5, 3, padding="causal", activation="relu"),
            layers.Dense(SIZE),
        ]
    )


def transformer():
    """One block of causal attention over eight tokens."""
    ids = keras.Input((8,), dtype="int32")
    vectors = layers.Embedding(SIZE, 4)(ids)
    attended = layers.MultiHeadAttention(2, 2)(vectors, vectors, use_causal_mask=True)
    return keras.Model(ids, layers.Dense(SIZE)(layers.add([vectors, attended])))


def bidirectional():
    """Reads the text from both ends: no language model."""
    both = layers.Bidirectional(layers.LSTM(4, return_sequences=True))
    return keras.Sequential(
        [keras.Input((None,)), layers.Embedding(SIZE, 3), both, layers.Dense(SIZE)]
    )


NETWORKS = {
    build.__name__: build
    for build in (
        sequence_logits,
        stateful,
        one_step,
        masked,
        one_hot_window,
        id_window,
        convolution,
        transformer,
        bidirectional,
    )
}


@pytest.fixture
def saved(tmp_path):
    """Write a foreign model and its vocabulary; gives the model and both paths."""

    def saved(build, tokens=TOKENS):
        model = spread(NETWORKS.get(build, build)())
        model.save(tmp_path / "foreign.keras")
        (tmp_path / "tokens.json").write_text(json.dumps(tokens), encoding="utf-8")
        return model, tmp_path / "foreign.keras", tmp_path / "tokens.json"

    return saved
