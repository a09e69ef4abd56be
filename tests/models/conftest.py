"""A small model of every kind, with weights that are far from zero."""

import numpy as np
import pytest

from keraslm import models
from keraslm.layers import ClassSoftmax
from keraslm.models import KerasLanguageModel
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import tokenizer_named
from keraslm.text.vocabulary import Vocabulary

SIZE = 7  # <unk>, newline, a to e
WINDOWS = {
    "bigram": (models.bigram, {}),
    "trigram": (models.trigram, {"input": "one-hot", "hidden": (5,)}),
    "bag-of-words": (
        models.ngram,
        {"context": 3, "input": "bag-of-words", "hidden": (5, 4)},
    ),
    "bag-linear": (models.trigram, {"input": "bag-of-words", "hidden": ()}),
    "neural-ngram": (models.ngram, {"context": 3, "embedding": 4, "hidden": (5,)}),
}
RECURRENT = {
    "rnn": (models.rnn, {"embedding": 3, "units": 4}),
    "sigmoid": (models.rnn, {"units": 4, "activation": "sigmoid"}),
    "gru": (models.gru, {"embedding": 3, "units": 4, "layers": 2, "tied": True}),
    "lstm": (models.lstm, {"embedding": 4, "units": 4, "layers": 2, "residual": True}),
    "tied": (
        models.lstm,
        {"embedding": 4, "units": 4, "layers": 2, "tied": True, "residual": True},
    ),
}
MAXENT = {"maxent": (models.maxent, {"order": 3, "skip": 1, "bits": 8})}
HASHED = {"units": 4, "layers": 2, "direct_order": 3, "skip": 1, "bits": 8}
DIRECT = {
    "lstm-direct": (models.lstm, HASHED),
    "gru-direct": (models.gru, {**HASHED, "tied": True}),
}
NGRAMS = {
    "lstm-ngrams": (
        models.lstm,
        {"embedding": 3, "units": 4, "input_order": 4, "input_bits": 4},
    ),
    "gru-ngrams-direct": (
        models.gru,
        {**HASHED, "embedding": 3, "input_order": 2, "input_bits": 3},
    ),
}
CLASSES = {
    "maxent-classes": MAXENT["maxent"],
    "lstm-direct-classes": DIRECT["lstm-direct"],
}
ATTENTION = {"layers": 2, "heads": 2, "units": 8, "context": 4}
TRANSFORMERS = {
    "transformer": (models.transformer, ATTENTION),
    "transformer-tied": (models.transformer, {**ATTENTION, "tied": True}),
}
BUILT = WINDOWS | RECURRENT | MAXENT | DIRECT | NGRAMS | CLASSES | TRANSFORMERS
KINDS = [*BUILT]


def new_model(kind):
    """Build a model with weights from a fixed seed, spread out for clear figures."""
    builder, options = BUILT[kind]
    if kind in CLASSES:
        options = {**options, "softmax": ClassSoftmax([0, 2, 0, 1, 1, 0, 2])}
    made = builder(SIZE, **options)
    rng = np.random.default_rng(1)
    made.set_weights([rng.normal(0, 0.7, w.shape) for w in made.get_weights()])
    return made


def new_encoder():
    vocabulary = Vocabulary.build(dict.fromkeys("\nabcde", 1), "char")
    return TextEncoder(tokenizer_named("char"), vocabulary)


def new_language_model(model, name="lstm"):
    return KerasLanguageModel(model, new_encoder(), name, {"note": "kept"})


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


@pytest.fixture
def model(kind):
    return new_model(kind)


@pytest.fixture
def language_model(model):
    return new_language_model(model)


@pytest.fixture
def ids():
    return np.random.default_rng(2).integers(0, SIZE, (2, 9)).astype(np.int32)


@pytest.fixture
def build():
    """Build a model of a given kind."""
    return new_model


@pytest.fixture
def ask():
    """Give a Keras model a vocabulary."""
    return new_language_model


@pytest.fixture
def by_keras(monkeypatch):
    """Let Keras score short texts, too, which NumPy does sooner."""
    monkeypatch.setattr("keraslm.models.language_model.SHORT", -1)


@pytest.fixture
def exported_kinds():
    """What stock Keras layers can compute."""
    return [*WINDOWS, *RECURRENT, *TRANSFORMERS]
