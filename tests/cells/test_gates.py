import keras
import numpy as np
import pytest
from keras import ops

from keraslm.cells.gates import NUMPY
from keraslm.kernels.gates import OPS

NAMES = ("sigmoid", "tanh", "sigmoid", "linear")


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def test_each_gate_has_its_activation():
    x = np.linspace(-9, 9, 24, dtype=np.float32).reshape(2, 12)
    a, b, c, d = np.split(x.astype(np.float64), 4, axis=-1)
    expected = [sigmoid(a), np.tanh(b), sigmoid(c), d]
    for one, two in zip(NUMPY(x, *NAMES), expected, strict=True):
        np.testing.assert_allclose(one, two, atol=1e-6)
    for one, two in zip(OPS(ops.convert_to_tensor(x), *NAMES), expected, strict=True):
        np.testing.assert_allclose(ops.convert_to_numpy(one), two, atol=1e-6)


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "linear"])
def test_one_activation_alone(name):
    x = np.float32([-30, -1, 0, 2])
    expected = {"sigmoid": sigmoid, "tanh": np.tanh, "linear": np.copy}[name](x)
    with np.errstate(all="raise"):  # also no overflow at large values
        found = getattr(NUMPY, name)(x)
    np.testing.assert_allclose(found, expected, atol=1e-6)
    found = ops.convert_to_numpy(getattr(OPS, name)(ops.convert_to_tensor(x)))
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize(
    ("dtype", "close"), [("bfloat16", 1e-2), ("float32", 1e-6), ("float64", 1e-15)]
)
def test_the_type_of_the_numbers_is_kept(dtype, close):
    x = ops.cast([[-3, -0.5, 0, 2]], dtype)
    found = ops.concatenate(OPS(x, "sigmoid", "tanh"), axis=-1)
    assert keras.backend.standardize_dtype(found.dtype) == dtype
    # 1 / (1 + e^3), 1 / (1 + e^0.5), tanh(0), tanh(2)
    expected = [[1 / (1 + np.exp(3)), 1 / (1 + np.exp(0.5)), 0, np.tanh(2)]]
    found = ops.convert_to_numpy(ops.cast(found, "float64"))
    np.testing.assert_allclose(found, expected, atol=close, rtol=0)
