"""Causal self-attention, positions and blocks: parts, masks, Keras's own attention."""

import keras
import numpy as np
import pytest
from keras import ops

from keraslm.errors import UsageError
from keraslm.layers import (
    CausalSelfAttention,
    LearnedPositions,
    RotaryPositions,
    SinusoidalPositions,
    TransformerBlock,
)

pytestmark = pytest.mark.backends

RNG = np.random.default_rng(0)
BATCH, TIME, WIDTH, HEADS = 2, 23, 12, 3
X = RNG.normal(size=(BATCH, TIME, WIDTH)).astype("float32")
WINDOWED = {
    "attention": lambda **given: CausalSelfAttention(HEADS, 4, **given),
    "no-positions": lambda **given: CausalSelfAttention(HEADS, 4, None, **given),
    "alone": lambda **given: CausalSelfAttention(HEADS, 1, **given),
    "block": lambda **given: TransformerBlock(HEADS, 4, dropout=0.2, **given),
}
LAYERS = {
    **WINDOWED,
    "all-before": lambda **given: CausalSelfAttention(HEADS, **given),
    "rotary": RotaryPositions,
    "sinusoidal": SinusoidalPositions,
    "learned": lambda **given: LearnedPositions(30, **given),
}
SIMILAR = ("attention", "no-positions", "alone")  # which a block is made of


def array(x):
    return ops.convert_to_numpy(x)


def close(found, expected, atol=1e-5):
    np.testing.assert_allclose(array(found), array(expected), atol=atol)


def in_parts(layer, x, sizes):
    if not layer.built:
        layer.build(x.shape)
    state, shown = layer.get_initial_state(len(x)), []
    for part in np.split(x, np.cumsum(sizes), axis=1):
        y, state = layer.read(ops.convert_to_tensor(part), state)
        shown.append(array(y))
    return np.concatenate(shown, axis=1)


@pytest.mark.parametrize("sizes", [[1] * 22, [7, 1, 2, 10], [22]])
@pytest.mark.parametrize("name", WINDOWED)
def test_a_text_read_in_parts_is_that_read_at_once(name, sizes):
    layer = WINDOWED[name]()
    close(in_parts(layer, X, sizes), layer(X))


@pytest.mark.parametrize("window", [None, 4, 23])
def test_it_is_keras_s_multi_head_attention(window):
    ours = CausalSelfAttention(HEADS, window, positions=None)
    stock = keras.layers.MultiHeadAttention(HEADS, WIDTH // HEADS, use_bias=False)
    ours.build(X.shape)
    stock.build(X.shape, X.shape)
    project, out = (RNG.normal(size=w.shape) for w in ours.get_weights())
    ours.set_weights([project, out])
    shape = (WIDTH, HEADS, WIDTH // HEADS)
    kernels = [part.reshape(shape) for part in np.split(project, 3, axis=1)]
    stock.set_weights([*kernels, out.reshape(HEADS, WIDTH // HEADS, WIDTH)])
    back = np.arange(TIME)[:, None] - np.arange(TIME)
    seen = (back >= 0) & (back < (window or TIME))
    theirs = stock(X, X, attention_mask=ops.convert_to_tensor(seen[None]))
    np.testing.assert_allclose(array(ours(X)), array(theirs), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", LAYERS)
def test_the_future_changes_nothing_and_the_past_within_reach_does(name):
    layer, changed = LAYERS[name](), X.copy()
    changed[:, 10] += 1
    before, after = array(layer(X)), array(layer(changed))
    moved = np.abs(before - after).max(axis=(0, 2)) > 1e-6
    reach = {"attention": 4, "no-positions": 4, "block": 4, "all-before": TIME}
    expected = np.arange(TIME) - 10
    np.testing.assert_array_equal(
        moved, (expected >= 0) & (expected < reach.get(name, 1))
    )


@pytest.mark.parametrize("name", WINDOWED)
def test_masked_positions_are_not_attended_to(name):
    layer = WINDOWED[name]()
    there = np.arange(TIME) != 5
    mask = ops.convert_to_tensor(np.tile(there, (BATCH, 1)))
    changed = X.copy()
    changed[:, 5] = 9
    found = [array(layer(x, mask=mask)) for x in (X, changed)]
    close(found[0][:, there], found[1][:, there])
    # in parts, too, where the mask goes on in the state
    state = layer.get_initial_state(BATCH)
    first, state = layer.read(X[:, :6], state, mask=mask[:, :6])
    second, _ = layer.read(X[:, 6:], state, mask=mask[:, 6:])
    close(np.concatenate([array(first), array(second)], axis=1), found[0])


@pytest.mark.parametrize("name", WINDOWED)
def test_the_state_after_a_length_is_that_of_so_many_positions(name):
    layer = WINDOWED[name]()
    layer.build(X.shape)
    start = layer.get_initial_state(BATCH)
    _, expected = layer.read(X[:, :2], start)
    _, found = layer.read(X, start, length=2)
    for one, two in zip(found, expected, strict=True):
        close(one, two)


def test_a_block_by_its_equation():
    layer = TransformerBlock(HEADS, hidden=5)
    layer.build(X.shape)
    weights = [RNG.normal(0, 0.5, w.shape) for w in layer.get_weights()]
    layer.set_weights(weights)

    def norm(x, g):
        return g * x / np.sqrt((x**2).mean(-1, keepdims=True) + 1e-6)

    def gelu(z):
        return z / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3)))

    norms = (layer.norm_before_attention, layer.norm_before_hidden)
    gains = [array(one.scale) for one in norms]
    a = X + array(layer.attention(norm(X, gains[0]).astype("float32")))
    W, b, V, c = map(array, (*layer.widen.weights, *layer.narrow.weights))
    close(layer(X), a + gelu(norm(a, gains[1]) @ W + b) @ V + c, 1e-4)


def test_rotary_products_tell_the_distance_alone():
    q, k = RNG.normal(size=(2, 8)).astype("float32")
    turned = [array(RotaryPositions()(np.tile(x, (1, 50, 1)))) for x in (q, k)]
    products = turned[0][0] @ turned[1][0].T  # (query, key)
    for distance in range(-5, 6):
        found = np.diagonal(products, distance)
        np.testing.assert_allclose(found, found[0], atol=1e-4)
    close(turned[0][:, 0], q[None])
    # of width 2, w = 1: (1, 0) at position 3 is (cos 3, sin 3)
    x = RotaryPositions()(np.tile(np.float32([1, 0]), (1, 4, 1)))
    close(x[0, 3], [np.cos(3), np.sin(3)])


def test_sinusoidal_positions_by_hand():
    # of width 4: w = 1 and 1 / 100
    x = SinusoidalPositions()(np.zeros((1, 3, 4), "float32"))
    close(x[0, 2], [np.sin(2), np.sin(0.02), np.cos(2), np.cos(0.02)])


def test_learned_positions_are_rows():
    layer = LearnedPositions(TIME)
    close(array(layer(X)) - X, np.tile(layer.get_weights()[0], (BATCH, 1, 1)))
    with pytest.raises(UsageError, match="there are 3 learned positions; received a s"):
        LearnedPositions(3)(X)


@pytest.mark.parametrize("name", [name for name in LAYERS if name not in SIMILAR])
def test_it_is_fitted_saved_and_reads_any_length(name, tmp_path):
    ids = keras.Input((None,), dtype="int32")
    x = keras.layers.Embedding(9, WIDTH, mask_zero=True)(ids)
    model = keras.Model(ids, LAYERS[name]()(x))
    given = RNG.integers(1, 9, (4, 7)).astype("int32")
    model.compile("sgd", "mse", jit_compile=False)
    model.fit(given, np.zeros((4, 7, WIDTH)), verbose=0)
    whole = model.predict(given, verbose=0)
    close(model.predict(given[:, :3], verbose=0), whole[:, :3])
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    close(again.predict(given, verbose=0), whole)
    assert again.layers[-1].get_config() == model.layers[-1].get_config()


@pytest.mark.parametrize("policy", ["bfloat16", "mixed_float16"])
@pytest.mark.parametrize("name", LAYERS)
def test_a_policy_of_half_precision(name, policy):
    layer = LAYERS[name](dtype=policy)
    y = layer(X)
    assert keras.backend.standardize_dtype(y.dtype) == layer.compute_dtype
    assert np.isfinite(array(ops.cast(y, "float32"))).all()
    if name in WINDOWED:
        spec = layer.compute_output_spec(keras.KerasTensor(X.shape))
        assert (spec.shape, spec.dtype) == (X.shape, layer.compute_dtype)
        found = in_parts(layer, X, [9]).astype("float32")
        close(found, ops.cast(y, "float32"), 0.1)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: CausalSelfAttention(0), "heads must be 1 or more; received 0"),
        (lambda: TransformerBlock(1, 0), "window must be 1 or more; received 0"),
        (lambda: CausalSelfAttention(5)(X), "a multiple of the heads; received 12"),
        (lambda: CausalSelfAttention(4)(X), "vectors of 3: give an even width"),
        (lambda: CausalSelfAttention(1, positions="x"), "'rotary' or None"),
        (lambda: TransformerBlock(1, hidden=0), "hidden must be 1 or more"),
        (lambda: LearnedPositions(0), "length must be 1 or more"),
    ],
)
def test_what_cannot_be_is_refused(make, words):
    with pytest.raises(UsageError, match=words):
        make()
