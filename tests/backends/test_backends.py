"""Every model on this backend: it learns, and computes what NumPy computes.

Since each backend is compared with NumPy, the backends agree with each other.
"""

import keras
import numpy as np
import pytest

from keraslm import Windows, models
from keraslm.layers import ClassSoftmax
from keraslm.models import KerasLanguageModel
from keraslm.text.corpus import Corpus, Text
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import tokenizer_named
from keraslm.text.vocabulary import Vocabulary
from keraslm.training.options import Configuration
from keraslm.training.run import train

pytestmark = pytest.mark.backends

TEXT = "abba cabbed bead\ndeaf baa\nabe cede feed a bad cab\n" * 6
SIZES = {"embedding": 6, "units": 8}
NGRAMS = {**SIZES, "input_order": 3, "input_bits": 5}
DIRECT = {**SIZES, "direct_order": 3, "bits": 10}
MODELS = {
    "bigram": models.bigram,
    "trigram": lambda size: models.trigram(size, input="one-hot", hidden=(8,)),
    "bag-of-words": lambda size: models.ngram(
        size, context=3, input="bag-of-words", hidden=(8,)
    ),
    "neural-ngram": lambda size: models.ngram(
        size, context=3, embedding=6, hidden=(8, 8)
    ),
    "maxent": lambda size: models.maxent(size, order=3, skip=1, bits=10),
    "rnn": lambda size: models.rnn(size, **SIZES, dropout=0.1, seed=1),
    "gru": lambda size: models.gru(size, **SIZES),
    "lstm": lambda size: models.lstm(size, **SIZES),
    "direct": lambda size: models.lstm(size, **DIRECT, skip=1),
    "ngrams": lambda size: models.lstm(size, **NGRAMS),
    "maxent-classes": lambda size: models.maxent(size, bits=10, softmax=classes(size)),
    "direct-classes": lambda size: models.lstm(size, **DIRECT, softmax=classes(size)),
    "tied": lambda size: models.lstm(size, **SIZES, layers=2, tied=True, residual=True),
    "transformer": lambda size: models.transformer(
        size, layers=2, heads=2, units=8, context=5
    ),
}


def classes(size):
    return ClassSoftmax([number % 3 for number in range(size)])


@pytest.fixture(scope="module", params=MODELS)
def trained(request):
    """Train a model for 20 steps; give it and its losses."""
    keras.utils.set_random_seed(0)
    encoder = new_encoder()
    network = MODELS[request.param](len(encoder.vocabulary))
    network.compile(keras.optimizers.Adam(0.02))
    windows, losses = Windows(encoder.encode(TEXT), encoder, 4, time=8), []
    note = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda step, logs: losses.append(logs["loss"])
    )
    while len(losses) < 20:
        network.fit(windows, verbose=0, callbacks=[note])
    return KerasLanguageModel(network, encoder, request.param), losses


def new_encoder():
    tokenizer = tokenizer_named("char")
    vocabulary = Vocabulary.build(tokenizer.count([TEXT]), "char")
    return TextEncoder(tokenizer, vocabulary)


def test_twenty_steps_lower_the_loss(trained):
    _, losses = trained
    assert np.mean(losses[-3:]) < np.mean(losses[:3]) - 0.05
    assert np.all(np.isfinite(losses))


def test_the_logits_are_those_of_numpy(trained):
    model, _ = trained
    ids = model.encoder.encode(TEXT[:60]).astype(np.int32)
    inputs = np.concatenate([[1], ids])[None]
    found = keras.ops.convert_to_numpy(model.keras_model(inputs))[0]
    stream = model.stream()
    expected = [stream.logits]
    for token_id in ids.tolist():
        stream.push(token_id)
        expected.append(stream.logits)
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_a_text_is_scored_as_numpy_scores_it(trained):
    model, _ = trained
    stream, expected = model.stream(), []
    for token_id in model.encoder.encode(TEXT[:40]).tolist():
        expected.append(stream.next_log_probabilities()[token_id])
        stream.push(token_id)
    found = model.score(TEXT[:40]).log_probabilities
    np.testing.assert_allclose(found, expected, atol=1e-4)


RUNS = {
    "trigram": {"hidden": "8"},
    "gru": {"units": 8, "layers": 1, "average_steps": 4, "dropout": 0.1},
    "lstm": {
        "units": 8,
        "layers": 1,
        "softmax": "sampled",
        "samples": 4,
        "vary_time": True,
        "weight_drop": 0.1,
        "optimizer": "rmsprop",
    },
}


@pytest.mark.parametrize("name", RUNS)
def test_a_run(tmp_path, name):
    """The whole way of keraslm train, with fit and its callbacks."""
    options = Configuration(
        level="char",
        model=name,
        out=str(tmp_path / "run"),
        embedding=6,
        batch_size=4,
        time=8,
        steps=12,
        valid_steps=6,
        learning_rate=0.02,
        **RUNS[name],
    )
    text = Text.from_string(TEXT)
    run = train(options, Corpus("tiny", text, text, None))
    assert run.card.perplexity < len(run.model.vocabulary)
    assert (tmp_path / "run/model.keras").is_file()
    assert len("".join(run.model.generate(length=9, seed=1))) == 9
