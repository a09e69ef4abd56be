"""What the tests of callbacks share: a tiny text, and a model of it."""

import keras
import pytest

import keraslm
from keraslm import models
from keraslm.text.text import Text

TEXT = "the dog barks\nthe cat sleeps\na cat sees the dog\n" * 8


@pytest.fixture
def train():
    text = Text.from_string(TEXT)
    tokens = keraslm.TextEncoder.fit(text, level="word")
    return keraslm.Windows(text, tokens, batch_size=2, time=12)


@pytest.fixture
def valid():
    return Text.from_string("the dog sleeps\na cat barks\n")


@pytest.fixture
def new_model(train):
    """Build the same model again and again."""

    def build():
        keras.utils.set_random_seed(0)
        options = {"embedding": 4, "units": 5, "dropout": 0.2, "seed": 1}
        model = models.gru(train.encoder, **options)
        eager = keras.backend.backend() == "tensorflow"
        model.compile(keras.optimizers.Adam(0.01), run_eagerly=eager)
        return model

    return build


@pytest.fixture
def model(new_model):
    return new_model()
