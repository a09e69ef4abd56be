"""Products of factors rounded to bfloat16: by hand, and compiled against portable."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import ops

from keraslm.kernels.loop import portable_loop
from keraslm.kernels.precision import LEAST, products_in, rounds
from keraslm.kernels.products import affine, portable_rounded_product, product
from keraslm.layers import GRU, LSTM, SimpleRNN
from keraslm.layers.dense import Dense
from keraslm.probes import gradient

RNG = np.random.default_rng(0)
A = RNG.normal(size=(4, 16, 256)).astype(np.float32)
B = RNG.normal(size=(256, 256)).astype(np.float32)  # 64 x 256 x 256 = LEAST
D = RNG.normal(size=(4, 16, 256)).astype(np.float32)
BIAS = RNG.normal(scale=8, size=256).astype(np.float32)
CELLS = {"rnn": SimpleRNN, "gru": GRU, "lstm": LSTM}


def rounded(x):
    """Keep the upper 16 bits of each float32, to the nearest, a tie to the even."""
    bits = np.asarray(x, np.float32).view(np.uint32)
    even = (bits >> 16) & 1
    return ((bits + 0x7FFF + even) & 0xFFFF0000).astype(np.uint32).view(np.float32)


def value_and_gradients(multiply):
    """Give A B, and the gradients of sum(A B D)."""
    found = ops.convert_to_numpy(multiply(ops.array(A), ops.array(B)))
    return found, *gradient(lambda v: ops.sum(multiply(*v) * ops.array(D)), [A, B])


@given(st.floats(width=32, min_value=2**-100, max_value=2**100))
def test_eight_bits_are_kept(x):
    found = float(ops.cast(ops.cast(np.float32(x), "bfloat16"), "float32"))
    assert found == rounded(x)
    assert abs(found - x) <= 2**-8 * x


def test_by_hand():
    # 1 + 2^-8 lies between 1 and 1 + 2^-7, the next: the even one is 1
    # 1 + 3 x 2^-8 lies between 1 + 2^-7 and 1 + 2^-6, the even one
    assert rounded([1 + 2**-8, 1 + 3 * 2**-8]).tolist() == [1, 1 + 2**-6]
    found = portable_rounded_product(
        ops.array([[1 + 2**-8, 1 + 3 * 2**-8]]), ops.array([[1.0], [256.0]])
    )
    assert ops.convert_to_numpy(found).tolist() == [[1 + 256 + 4]]


@pytest.mark.backends
@pytest.mark.parametrize("turned", [False, True], ids=["B", "B^T"])
def test_the_product_and_its_gradients_are_those_of_rounded_factors(turned):
    found, by_a, by_b = value_and_gradients(
        lambda a, b: portable_rounded_product(
            a, ops.transpose(b) if turned else b, turned
        )
    )
    a, b, d = (rounded(x).astype(np.float64) for x in (A, B, D))
    np.testing.assert_allclose(found, a @ b, atol=1e-4)
    np.testing.assert_allclose(by_a, d @ b.T, atol=1e-4)
    np.testing.assert_allclose(by_b, np.einsum("btn,btm->nm", a, d), atol=1e-4)
    assert np.abs(found - A @ B).max() > 0.01  # and not of the factors as they are


@pytest.mark.backends
def test_a_bias_within_a_rounded_product_is_not_rounded_to_8_bits(monkeypatch):
    monkeypatch.setattr("keraslm.kernels.products.product", portable_rounded_product)
    with products_in("bfloat16"):
        found = ops.convert_to_numpy(affine(A, B, BIAS))
        by_a, by_b, by_bias = gradient(
            lambda v: ops.sum(affine(*v) * ops.array(D)), [A, B, BIAS]
        )
    a, b, d = (rounded(x).astype(np.float64) for x in (A, B, D))
    # its rounded value and the rounded rest: 16 bits, so |error| <= 2^-16 |bias|
    assert np.all(np.abs(found - (a @ b + BIAS)) <= 2**-16 * np.abs(BIAS) + 1e-4)
    assert np.abs(rounded(BIAS) - BIAS).max() > 0.01
    np.testing.assert_allclose(by_a, d @ b.T, atol=1e-4)
    np.testing.assert_allclose(by_b, np.einsum("btn,btm->nm", a, d), atol=1e-4)
    np.testing.assert_allclose(by_bias, d.sum((0, 1)), atol=1e-4)


def test_only_large_products_are_rounded_and_only_within():
    large, small = ((4, 16, 256), 256), ((63, 256), 256)
    assert LEAST == 64 * 256 * 256
    assert not rounds(*large)
    with products_in("bfloat16"):
        assert rounds(*large)
        assert not rounds(*small)
        assert not rounds((None, 256), 256)
        with products_in("float32"):
            assert not rounds(*large)
    assert not rounds(*large)
    exact = ops.convert_to_numpy(product(ops.array(A), ops.array(B)))
    np.testing.assert_allclose(exact, A @ B, atol=1e-4)


def always_portable(a, b):
    """Give what `product` gives, on TensorFlow too without its fast path."""
    large = rounds(a.shape, b.shape[-1])
    return portable_rounded_product(a, b) if large else ops.matmul(a, b)


needs_xla = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="what XLA compiles"
)


def compiled(function):
    """Compile a function whose products round."""
    import tensorflow as tf

    @tf.function(jit_compile=True, autograph=False)
    def run(*arguments):
        with products_in("bfloat16"):
            return function(*arguments)

    return run


def with_gradients(function):
    """Give a function's value, and the gradients of its sum times sin of it."""
    import tensorflow as tf

    def run(*arguments):
        with tf.GradientTape() as tape:
            tape.watch(arguments)
            value = function(*arguments)
            total = tf.reduce_sum(value * tf.stop_gradient(tf.sin(value)))
        return value, *tape.gradient(total, arguments)

    return run


def operands_of_products(run, *arguments):
    """Give the types of what each matrix product multiplies, as XLA compiled it."""
    import re

    text = run.experimental_get_compiler_ir(*arguments)(stage="optimized_hlo")
    types = dict(re.findall(r"%([\w.-]+) = (\w+)\[", text))
    factors = re.findall(r" dot\(%([\w.-]+), %([\w.-]+)\)", text)
    return [(types[a], types[b]) for a, b in factors]


@needs_xla
@pytest.mark.parametrize("turned", [False, True], ids=["B", "B^T"])
def test_xla_computes_the_same_and_in_bfloat16(turned):
    import tensorflow as tf

    def fast(a, b):
        return product(a, b, turned)

    def portable(a, b):
        return portable_rounded_product(a, b, turned)

    arguments = tf.constant(A), tf.constant(B)
    run = compiled(with_gradients(fast))
    expected = with_gradients(portable)(*arguments)
    for one, two in zip(run(*arguments), expected, strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-3, atol=2e-2)
    assert operands_of_products(run, *arguments) == [("bf16", "bf16")] * 3


@needs_xla
def test_xla_adds_a_bias_within_the_product():
    import tensorflow as tf

    def portable(a, b, bias):
        return portable_rounded_product(a, b) + bias

    arguments = tf.constant(A), tf.constant(B), tf.constant(BIAS)
    run = compiled(with_gradients(affine))
    expected = with_gradients(portable)(*arguments)
    for one, two in zip(run(*arguments), expected, strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-3, atol=5e-2)
    assert operands_of_products(run, *arguments) == [("bf16", "bf16")] * 3


@needs_xla
@pytest.mark.parametrize("cell", CELLS)
def test_a_layer_s_loop_rounds_as_the_portable_loop_does(cell, monkeypatch):
    import tensorflow as tf

    monkeypatch.setattr("keraslm.kernels.loop.product", always_portable)
    layer = CELLS[cell](128, return_state=True)
    layer.build((64, 4, 128))
    kernel, recurrent, bias = (tf.constant(w) for w in layer.get_weights())
    rng = np.random.default_rng(1)
    x = tf.constant(rng.normal(size=(64, 4, 128)).astype(np.float32))
    h = [tf.constant(rng.normal(size=(64, 128)).astype(np.float32))] * len(
        layer.cell.states
    )

    def fast(x, kernel, recurrent):
        weights = [kernel, recurrent, bias]
        given = {"initial_state": h, "training": True}
        return layer.stateless_call(weights, [], x, **given)[0][0]

    def portable(x, kernel, recurrent):
        p = layer.cell.products([kernel, recurrent, bias])
        z = portable_rounded_product(tf.transpose(x, (1, 0, 2)), p.W) + p.b
        outputs, _ = portable_loop(layer.cell, z, h, p.U, p.b_h)
        return tf.transpose(outputs, (1, 0, 2))

    with products_in("bfloat16"):
        assert rounds((64, 128), layer.cell.blocks * 128) == (cell == "lstm")
    run = compiled(with_gradients(fast))
    with products_in("bfloat16"):
        expected = with_gradients(portable)(x, kernel, recurrent)
    for one, two in zip(run(x, kernel, recurrent), expected, strict=True):
        size = np.abs(two).max()  # where a sum falls on the other side of a rounding
        np.testing.assert_allclose(one, two, atol=2e-2 * size)
    found = operands_of_products(run, x, kernel, recurrent)
    # of z, and in the loops and for dU where the state's product is large, too
    assert found.count(("bf16", "bf16")) == (6 if cell == "lstm" else 3)


def test_a_dense_layer_is_keras_s_own_in_float32():
    ours, theirs = Dense(7), keras.layers.Dense(7)
    for layer in (ours, theirs):
        layer.build((2, 3, 5))
    theirs.set_weights(ours.get_weights())
    x = np.random.default_rng(0).normal(size=(2, 3, 5)).astype(np.float32)
    np.testing.assert_allclose(ours(x), theirs(x), atol=1e-6)
