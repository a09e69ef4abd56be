import keras
import numpy as np
import pytest
from keras import ops

from keraslm.layers import arrays
from keraslm.layers.squash import Squash


def test_each_block_has_its_activation():
    x = np.linspace(-9, 9, 24, dtype=np.float32).reshape(2, 12)
    squash = Squash(3, ("sigmoid", "tanh", "sigmoid", "tanh"))
    a, b, c, d = np.split(x.astype(np.float64), 4, axis=-1)

    def sigmoid(y):
        return 1 / (1 + np.exp(-y))

    expected = np.concatenate([sigmoid(a), np.tanh(b), sigmoid(c), np.tanh(d)], -1)
    np.testing.assert_allclose(squash(x, arrays), expected, atol=1e-6)
    np.testing.assert_allclose(
        ops.convert_to_numpy(squash(ops.convert_to_tensor(x), ops)), expected, atol=1e-6
    )


@pytest.mark.parametrize(
    ("dtype", "close"), [("bfloat16", 1e-2), ("float32", 1e-6), ("float64", 1e-15)]
)
def test_the_type_of_the_numbers_is_kept(dtype, close):
    x = ops.cast([[-3, -0.5, 0, 2]], dtype)
    y = Squash(2, ("sigmoid", "tanh"))(x, ops)
    assert keras.backend.standardize_dtype(y.dtype) == dtype
    # 1 / (1 + e^3), 1 / (1 + e^0.5), tanh(0), tanh(2)
    expected = [[1 / (1 + np.exp(3)), 1 / (1 + np.exp(0.5)), 0, np.tanh(2)]]
    found = ops.convert_to_numpy(ops.cast(y, "float64"))
    np.testing.assert_allclose(found, expected, atol=close, rtol=0)
