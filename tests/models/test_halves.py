"""A step in two halves is the step of the whole batch, up to rounding."""

import keras
import numpy as np
import pytest

import keraslm
from keraslm import models
from keraslm.kernels.random import rows_of, uniform, uniform_rows
from keraslm.losses import SampledNextToken
from keraslm.text import Text, TextEncoder
from keraslm.training.optimizers import new_optimizer
from keraslm.training.options import Configuration, resolve

pytestmark = pytest.mark.xla

LETTERS = "".join(map(chr, range(33, 73)))
TOKENS = TextEncoder.fit(Text.from_string(LETTERS), level="char")
SIZE = len(TOKENS.vocabulary)
IDS = np.random.default_rng(0).integers(0, SIZE, 32 * 9 * 4 + 5)
SMALL = {"embedding": 6, "units": 8}
DROPPED = {"dropout": 0.3, "weight_drop": 0.3, "embedding_dropout": 0.2, "seed": 1}
NETWORKS = {
    "lstm": (models.lstm, {}),
    "lstm-dropped": (models.lstm, {**DROPPED, "input_order": 3, "input_bits": 5}),
    "gru-tied": (models.gru, {"layers": 2, "tied": True, "embedding": 8}),
    "rnn": (models.rnn, {"residual": True}),
    "lstm-classes": (models.lstm, {"softmax": "classes"}),
}


@pytest.fixture
def cores(monkeypatch):
    """Set how many there are, of a processor that has units for bfloat16."""

    def set_to(number, units="amx_bf16"):
        place = "keraslm.kernels.tensorflow.halves."
        monkeypatch.setattr(place + "processors", lambda: number)
        monkeypatch.setattr(place + "bfloat16_units", lambda: units)

    return set_to


def fitted(make, options, rows=32, how=None, optimizer=None, **compiled):
    keras.utils.set_random_seed(1)
    model = make(TOKENS, **{**SMALL, **options})
    usual = new_optimizer(resolve(Configuration(optimizer="adamw", model="lstm")))
    model.compile(optimizer or usual, **compiled)
    data = keraslm.Windows(IDS, TOKENS, rows, 9, **(how or {}))
    return model, model.fit(data, epochs=3, verbose=0).history


def told(model):
    """Whether the last fit was in halves."""
    return model._running.in_halves


def values(model):
    """The weights, the random seeds, and the state that is carried."""
    return [np.array(keras.ops.copy(v)) for v in model.training_variables]


@pytest.mark.parametrize("name", NETWORKS)
def test_it_is_the_step_of_the_whole_batch(name, cores):
    found = []
    for number in (1, 2):
        cores(number)
        found.append(fitted(*NETWORKS[name]))
        assert told(found[-1][0]) == (number == 2)
    (one, losses), (two, also) = found
    assert losses.keys() == also.keys() == {"loss", "perplexity"}
    for key, epochs in losses.items():
        np.testing.assert_allclose(also[key], epochs, rtol=3e-6)
    for a, b in zip(values(one), values(two), strict=True):
        np.testing.assert_allclose(b, a, rtol=0, atol=1e-4)
    assert losses["loss"][-1] < losses["loss"][0]


@pytest.mark.parametrize("how", [{"vary_time": True}, {"carried": False}])
def test_windows_of_every_kind(how, cores):
    losses = []
    for number in (1, 2):
        cores(number)
        model, history = fitted(models.lstm, DROPPED, how=how)
        losses.append(history["loss"])
        assert told(model) == (number == 2)
    np.testing.assert_allclose(*losses, rtol=3e-6)


@pytest.mark.parametrize(
    "make",
    [
        lambda: keras.optimizers.Adam(0.01, use_ema=True, ema_overwrite_frequency=2),
        lambda: keras.optimizers.SGD(1.0, gradient_accumulation_steps=2),
        lambda: keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(0.01)),
    ],
)
def test_optimizers_of_keras(make, cores):
    losses = []
    for number in (1, 2):
        cores(number)
        _, history = fitted(models.lstm, {}, optimizer=make())
        losses.append(history["loss"])
    np.testing.assert_allclose(*losses, rtol=3e-6)


def test_rounded_products(cores):
    losses = []
    for number in (1, 2):
        cores(number)
        options = {"units": 128, "embedding": 64}  # large enough to be rounded
        _, history = fitted(models.lstm, options, precision="bfloat16")
        losses.append(history["loss"])
    np.testing.assert_allclose(*losses, rtol=1e-3)


def test_it_is_the_same_twice(cores):
    cores(2)
    (one, losses), (two, also) = (fitted(models.lstm, DROPPED) for _ in range(2))
    assert losses == also
    for a, b in zip(values(one), values(two), strict=True):
        np.testing.assert_array_equal(a, b)


class Doubled(keraslm.CausalLM):
    """Has a loss of its own."""

    def compute_loss(self, *arguments, **named):
        return 2 * super().compute_loss(*arguments, **named)


def doubled(tokens, **options):
    model = models.lstm(tokens, **options)
    model.__class__ = Doubled
    return model


def penalised(tokens, **options):
    model = models.lstm(tokens, **options)
    model.layers[-1].kernel.regularizer = keras.regularizers.L2(0.1)
    return model


def with_features(tokens, **options):
    return models.lstm(tokens, direct_order=3, bits=8, **options)


def transformer(tokens, **options):
    return models.transformer(tokens, layers=1, units=8, heads=2)


@pytest.mark.parametrize(
    "make, rows, compiled",
    [
        (models.lstm, 30, {}),  # halves of fewer than 16 rows
        (models.lstm, 33, {}),
        (models.lstm, 32, {"jit_compile": False}),
        (models.lstm, 32, {"run_eagerly": True}),
        (models.lstm, 32, {"loss": SampledNextToken(np.ones(SIZE), 8)}),
        (models.lstm, 32, {"metrics": ["sparse_categorical_accuracy"]}),
        (transformer, 32, {}),
        (with_features, 32, {}),
        (doubled, 32, {}),
        (penalised, 32, {}),
    ],
)
def test_other_steps_are_keras_s_own(make, rows, compiled, cores):
    cores(2)
    model, history = fitted(make, {}, rows, **compiled)
    assert not told(model)
    assert model.jit_compile == (not {"jit_compile", "run_eagerly"} & {*compiled})
    assert history["loss"][-1] < history["loss"][0]


def test_a_batch_of_arrays_is_read_whole_after_windows(cores):
    cores(2)
    model, _ = fitted(models.lstm, {})
    ids = IDS[: 32 * 9].reshape(32, 9)
    model.fit(ids[:, :-1], ids[:, 1:], verbose=0)
    assert not told(model)
    model.fit(keraslm.Windows(IDS, TOKENS, 32, 9), verbose=0)
    assert told(model)


def test_a_processor_without_such_units_computes_one_program(cores):
    cores(2, units=None)
    assert not told(fitted(models.lstm, {})[0])


def test_numbers_of_rows_are_those_of_the_batch():
    seeds = (keras.random.SeedGenerator(3) for _ in range(3))
    whole = uniform((6, 2), next(seeds))
    with rows_of(2, 6):
        part = uniform_rows((3, 2), next(seeds))
    np.testing.assert_array_equal(part, whole[2:5])
    np.testing.assert_array_equal(uniform_rows((6, 2), next(seeds)), whole)
