"""A product with a vector is the same however the matrix is laid out."""

import numpy as np
import pytest

from keraslm.models import factor
from keraslm.models.factor import SHARED, WORTH, Factor

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("alone", [True, False])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(3, 8), (200, 800), (201, 801), (512, 1024)])
def test_the_product_is_numpys(shape, dtype, alone):
    matrix = RNG.standard_normal(shape).astype(dtype)
    x = RNG.standard_normal(shape[0] if alone else (5, shape[0])).astype(dtype)
    product = Factor(matrix, alone).product(x)
    assert product.dtype == dtype
    np.testing.assert_allclose(product, x @ matrix, atol=1e-4)


def test_which_matrices_are_taken_as_complex():
    def is_complex(rows: int, columns: int, alone: bool = True) -> bool:
        matrix = np.ones((rows, columns), np.float32)
        return np.iscomplexobj(Factor(matrix, alone)._matrix)

    assert is_complex(1, WORTH)
    assert not is_complex(1, WORTH - 2)
    assert not is_complex(1, WORTH + 1)
    assert not is_complex(1, WORTH, alone=False)
    assert is_complex(1, SHARED - 2)
    assert not is_complex(1, SHARED)


@pytest.mark.parametrize("kind", ["rnn", "gru", "lstm"])
def test_a_stream_of_complex_products_is_the_model(build, ask, ids, kind, monkeypatch):
    expected = ask(build(kind)).log_probabilities(ids[0])
    monkeypatch.setattr(factor, "WORTH", 1)
    stream = ask(build(kind)).stream()
    for token, score in zip(ids[0], expected, strict=True):
        found = stream.next_log_probabilities()[token]
        np.testing.assert_allclose(found, score, rtol=1e-4)
        stream.push(token)
