import numpy as np
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
