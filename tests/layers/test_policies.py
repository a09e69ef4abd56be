"""Every layer under every dtype policy is finite, and of the type that Keras gives."""

import keras
import numpy as np
import pytest
from keras import ops

from keraslm import cells
from keraslm.layers import (
    GRU,
    LSTM,
    AdaptiveSoftmax,
    ClassSoftmax,
    Dropout,
    MultiHotDense,
    OneHot,
    OneHotDense,
    Recurrent,
    SimpleRNN,
)
from keraslm.layers.dense import Dense
from keraslm.probes import gradient

pytestmark = [pytest.mark.backends, pytest.mark.long]

POLICIES = ["float32", "float64", "float16", "bfloat16"]
POLICIES += ["mixed_float16", "mixed_bfloat16"]
WORDS = 7
SOFTMAXES = {
    "adaptive": lambda **given: AdaptiveSoftmax(WORDS, [2, 4], [0.3, 0.2], **given),
    "classes": lambda **given: ClassSoftmax([0, 1, 1, 0, 2, 2, 2], **given),
}
ON_NUMBERS = {
    "rnn": lambda **given: SimpleRNN(3, **given),
    "gru": lambda **given: GRU(3, **given),
    "gru-before": lambda **given: GRU(3, reset_after=False, **given),
    "lstm": lambda **given: LSTM(3, **given),
    "recurrent": lambda **given: Recurrent(cells.LSTM(3), weight_drop=0.5, **given),
    "dropout": lambda **given: Dropout(0.5, same_steps=True, **given),
    "dense": lambda **given: Dense(3, **given),
    **SOFTMAXES,
}
ON_IDS = {
    "one-hot": lambda **given: OneHot(300, **given),
    "one-hot-dense": lambda **given: OneHotDense(3, 300, **given),
    "multi-hot-dense": lambda **given: MultiHotDense(3, 300, **given),
}
LAYERS = {**ON_NUMBERS, **ON_IDS}
RNG = np.random.default_rng(0)
X = RNG.normal(size=(2, 4, 5)).astype("float32")
IDS = RNG.integers(0, 300, (2, 4, 2))


@pytest.fixture(params=POLICIES)
def policy(request):
    if request.param == "float64" and keras.backend.backend() == "jax":
        pytest.skip("JAX has float64 only where a program asks for it")
    return request.param


def dtype_of(x):
    return keras.backend.standardize_dtype(x.dtype)


def finite(x):
    return np.isfinite(ops.convert_to_numpy(ops.cast(x, "float32"))).all()


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_under_a_policy(name, policy):
    layer = LAYERS[name](dtype=policy)
    x = ops.convert_to_tensor(X if name in ON_NUMBERS else IDS)
    expected = layer.compute_dtype
    if name in SOFTMAXES and expected != "float64":
        expected = "float32"
    for training in (False, True):
        given = {"training": training} if layer._call_has_training_arg else {}
        y = layer(x, **given)
        assert dtype_of(y) == expected
        assert finite(y)
    spec = layer.compute_output_spec(keras.KerasTensor(x.shape, dtype_of(x)))
    assert (spec.shape, spec.dtype) == (tuple(y.shape), expected)
    assert all(w.dtype == layer.variable_dtype for w in layer.weights)

    fixed = [v.value for v in layer.non_trainable_variables]

    def total(weights):
        y, _ = layer.stateless_call(weights, fixed, x)
        return ops.sum(ops.square(ops.cast(y, "float32")))

    weights = [v.value for v in layer.trainable_variables]
    if weights:
        assert all(map(finite, gradient(total, weights)))


@pytest.mark.parametrize("name", SOFTMAXES)
def test_probabilities_and_losses_have_the_precision_of_float32(name, policy):
    layer = SOFTMAXES[name](dtype=policy)
    x, targets = 100 * X, np.tile(np.arange(4), (2, 1))
    log_p = layer(x)
    p = np.exp(ops.convert_to_numpy(log_p).astype("float64"))
    np.testing.assert_allclose(p.sum(-1), 1, atol=1e-5)
    nats = layer.nats(x, targets)
    assert dtype_of(nats) == dtype_of(log_p)
    own = np.take_along_axis(ops.convert_to_numpy(log_p), targets[..., None], -1)
    rounding = 0.02 if layer.compute_dtype == "bfloat16" else 2e-3
    np.testing.assert_allclose(
        ops.convert_to_numpy(nats), -own[..., 0], rtol=rounding, atol=rounding
    )


@pytest.mark.parametrize("name", ["gru", "lstm", "rnn"])
def test_masks_and_states_under_a_policy(name, policy):
    layer = LAYERS[name](return_state=True, dtype=policy)
    mask = ops.convert_to_tensor(np.array([[1, 1, 0, 0], [0, 1, 1, 1]], bool))
    state = [np.ones((2, 3), "float32") for _ in layer.cell.states]
    for y in layer(X, initial_state=state, mask=mask):
        assert dtype_of(y) == layer.compute_dtype
        assert finite(y)
