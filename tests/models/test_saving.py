"""Whatever is done with a Keras model, its file opens again, or none is written."""

import warnings

import keras
import numpy as np
import pytest
from keras import layers, ops

import keraslm
from keraslm.errors import KeraslmError, UsageError
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import tokenizer_named
from keraslm.text.vocabulary import Vocabulary

pytestmark = pytest.mark.long

TOKENS = TextEncoder(
    tokenizer_named("char"), Vocabulary.build(dict.fromkeys("\nabcde", 1), "char")
)
SIZE = len(TOKENS.vocabulary)
X = np.random.default_rng(0).integers(0, SIZE, (4, 6))
Y = np.roll(X, -1, axis=1)
TEXT = "abcab\nead"


def stock(tokens):
    """A network of Keras's own layers."""
    network = keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            layers.Embedding(SIZE, 4),
            layers.LSTM(4, return_sequences=True),
            layers.Dense(SIZE),
        ]
    )
    return keraslm.CausalLM(network, tokens)


MODELS = {
    "bigram": keraslm.models.bigram,
    "ngram": lambda t: keraslm.models.ngram(t, context=2, embedding=3, hidden=(4,)),
    "maxent": lambda t: keraslm.models.maxent(t, order=2, bits=6),
    "lstm": lambda t: keraslm.models.lstm(t, embedding=4, units=5),
    "tied": lambda t: keraslm.models.gru(t, embedding=4, units=5, tied=True),
    "classes": lambda t: keraslm.models.rnn(t, embedding=4, units=5, softmax="classes"),
    "stock": stock,
}


def squares(y, predicted):
    return ops.mean(ops.square(predicted))


def compiled_with_mse(model):
    model.compile("adam", "mse")


def compiled_with_a_loss_of_its_own(model):
    model.compile("adam", squares)


def fitted(model):
    model.compile("adam")
    model.fit(X, Y, verbose=0)


def fitted_with_averaging(model):
    model.compile(keras.optimizers.SGD(0.1, use_ema=True))
    model.fit(X, Y, verbose=0)


def fitted_as_keras_does(model):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("sgd", loss, metrics=["accuracy"])
    model.fit(X, Y, verbose=0)


def frozen_in_part(model):
    model.layers[1].trainable = False
    model.compile("adam")


def frozen(model):
    model.trainable = False


def renamed(model):
    model.name = "another"
    model.layers[-1].name = "last"


def given_other_weights(model):
    model.set_weights([weight * 3 for weight in model.get_weights()])


def wrapped(model):
    outer = keras.Sequential([keras.Input((None,), dtype="int32"), model])
    return keraslm.CausalLM(outer, TOKENS)


def wrapped_twice(model):
    return keraslm.CausalLM(keraslm.CausalLM(model, TOKENS), TOKENS)


def tempered(model):
    colder = keras.Model(model.inputs[0], model.outputs[0] / 2.0)
    return keraslm.CausalLM(colder, TOKENS)


def cloned(model):
    clone = keras.models.clone_model(model)
    clone.set_weights(model.get_weights())
    return keraslm.CausalLM(clone, TOKENS)


def with_lora(model):
    for layer in model._flatten_layers():
        if hasattr(layer, "enable_lora") and layer.built:
            layer.enable_lora(2)
    model.compile(keras.optimizers.SGD(1.0))
    model.fit(X, Y, verbose=0)


def quantized(model):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of layers that stay as they are
        model.quantize("int8")


class Doubled(layers.Layer):
    """A layer that only this file knows."""

    def call(self, x):
        return 2 * x


def with_a_layer_of_its_own(model):
    doubled = keras.Model(model.inputs[0], Doubled()(model.outputs[0]))
    return keraslm.CausalLM(doubled, TOKENS)


def with_a_lambda(model):
    doubled = layers.Lambda(lambda x: 2 * x)(model.outputs[0])
    return keraslm.CausalLM(keras.Model(model.inputs[0], doubled), TOKENS)


HABITS = (
    compiled_with_mse,
    compiled_with_a_loss_of_its_own,
    fitted,
    fitted_with_averaging,
    fitted_as_keras_does,
    frozen_in_part,
    frozen,
    renamed,
    given_other_weights,
    wrapped,
    wrapped_twice,
    tempered,
    cloned,
    with_lora,
)
FILELESS = (with_a_layer_of_its_own, with_a_lambda)


def done(habit, name):
    keras.utils.set_random_seed(0)
    model = MODELS[name](TOKENS)
    return habit(model) or model


def logits(model):
    return ops.convert_to_numpy(model(X))


@pytest.mark.parametrize("habit", HABITS, ids=lambda habit: habit.__name__)
@pytest.mark.parametrize("name", ["lstm", "stock"])
def test_it_opens_again_as_it_was(tmp_path, name, habit):
    opens_again(done(habit, name), tmp_path / "model.keras")


@pytest.mark.parametrize("habit", [fitted, cloned, with_lora, wrapped])
@pytest.mark.parametrize("name", ["bigram", "ngram", "maxent", "tied", "classes"])
@pytest.mark.long
def test_so_does_every_kind(tmp_path, name, habit):
    opens_again(done(habit, name), tmp_path / "model.keras")


def opens_again(model, path):
    expected, perplexity = logits(model), model.perplexity(TEXT)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a loss that is left out
        model.save(path)
    ours = keraslm.load(path)
    assert ours.perplexity(TEXT) == pytest.approx(perplexity, rel=1e-5)
    for opened in (ours.keras_model, keras.saving.load_model(path)):
        np.testing.assert_allclose(logits(opened), expected, atol=1e-5)


def test_a_loss_that_cannot_be_stored_is_left_out_aloud(tmp_path):
    model = done(compiled_with_a_loss_of_its_own, "lstm")
    with pytest.warns(UserWarning, match="saved without its optimizer"):
        model.save(tmp_path / "model.keras")


@pytest.mark.parametrize("habit", FILELESS, ids=lambda habit: habit.__name__)
def test_what_would_not_open_leaves_no_file(tmp_path, habit):
    model = done(habit, "lstm")
    with pytest.raises(KeraslmError, match="could not be opened again") as refused:
        model.save(tmp_path / "model.keras")
    assert "\n" not in str(refused.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["ngram", "lstm", "stock"])
def test_a_quantized_model_is_measured_but_has_no_file(tmp_path, name):
    model = done(quantized, name)
    with pytest.raises(UsageError, match=r"is quantized \(int8\).* before `quantize`"):
        model.save(tmp_path / "model.keras")
    assert not list(tmp_path.iterdir())
    nats = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    ids = np.array([1, *TOKENS.encode(TEXT)])
    mean = float(nats(ids[None, 1:], model(ids[None, :-1])))
    assert np.log(model.perplexity(TEXT)) == pytest.approx(mean, rel=2e-3)


def test_a_language_model_saves_what_was_done_with_its_keras_model(tmp_path):
    done(fitted, "lstm").save(tmp_path / "first.keras")
    lm = keraslm.load(tmp_path / "first.keras")
    lm.keras_model.compile("adam", "mse")
    given_other_weights(lm.keras_model)
    lm.save(tmp_path / "second.keras")
    opened = keraslm.load(tmp_path / "second.keras")
    np.testing.assert_allclose(logits(opened.keras_model), logits(lm.keras_model))
    assert opened.perplexity(TEXT) == pytest.approx(lm.perplexity(TEXT), rel=1e-6)


def test_keras_exports_a_model_for_plain_use(tmp_path):
    model = done(fitted, "lstm")
    model.export(tmp_path / "served", verbose=False)
    served = keras.layers.TFSMLayer(tmp_path / "served", call_endpoint="serve")
    found = ops.convert_to_numpy(served(X.astype(np.int32)))
    np.testing.assert_allclose(found, logits(model), atol=1e-5)
