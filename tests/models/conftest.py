"""A small model of every kind, with weights that are far from zero."""

import numpy as np
import pytest

from keraslm.layers import ClassSoftmax
from keraslm.models import KerasLanguageModel, bigram, maxent, ngram, recurrent
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import tokenizer_named
from keraslm.text.vocabulary import Vocabulary

SIZE = 7  # <unk>, newline, a to e
WINDOWS = {
    "trigram": {"context": 2, "input": "one-hot", "hidden": (5,)},
    "bag-of-words": {"context": 3, "input": "bag-of-words", "hidden": (5, 4)},
    "bag-linear": {"context": 2, "input": "bag-of-words", "hidden": ()},
    "neural-ngram": {"context": 3, "embedding": 4, "hidden": (5,)},
}
RECURRENT = {
    "rnn": {"cell": "rnn", "embedding": 3, "units": 4},
    "sigmoid": {"cell": "rnn", "units": 4, "activation": "sigmoid"},
    "gru": {"cell": "gru", "embedding": 3, "units": 4, "layers": 2, "tied": True},
    "lstm": {"cell": "lstm", "embedding": 4, "units": 4, "layers": 2, "residual": True},
    "tied": {
        "cell": "lstm",
        "embedding": 4,
        "units": 4,
        "layers": 2,
        "tied": True,
        "residual": True,
    },
}
MAXENT = {"maxent": {"order": 3, "skip": 1, "bits": 8}}
HASHED = {"units": 4, "layers": 2, "direct_order": 3, "skip": 1, "bits": 8}
DIRECT = {
    "lstm-direct": {"cell": "lstm", **HASHED},
    "gru-direct": {"cell": "gru", **HASHED, "tied": True},
}
CLASSES = {
    "maxent-classes": (maxent, MAXENT["maxent"]),
    "lstm-direct-classes": (recurrent, DIRECT["lstm-direct"]),
}
KINDS = ["bigram", *WINDOWS, *RECURRENT, *MAXENT, *DIRECT, *CLASSES]


def new_model(kind):
    """Build a model with weights from a fixed seed, spread out for clear figures."""
    if kind == "bigram":
        made = bigram(SIZE)
    elif kind in WINDOWS:
        made = ngram(SIZE, **WINDOWS[kind])
    elif kind in CLASSES:
        builder, sizes = CLASSES[kind]
        made = builder(SIZE, softmax=ClassSoftmax([0, 2, 0, 1, 1, 0, 2]), **sizes)
    elif kind in MAXENT:
        made = maxent(SIZE, **MAXENT[kind])
    else:
        made = recurrent(SIZE, **(RECURRENT | DIRECT)[kind])
    rng = np.random.default_rng(1)
    made.set_weights([rng.normal(0, 0.7, w.shape) for w in made.get_weights()])
    return made


def new_language_model(model, name="lstm"):
    vocabulary = Vocabulary.build(dict.fromkeys("\nabcde", 1), "char")
    encoder = TextEncoder(tokenizer_named("char"), vocabulary)
    return KerasLanguageModel(model, encoder, name, {"note": "kept"})


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
def exported_kinds():
    """What stock Keras layers can compute."""
    return ["bigram", *WINDOWS, *RECURRENT]
