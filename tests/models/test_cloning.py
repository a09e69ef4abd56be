"""keras.models.clone_model gives a plain functional model."""

import keras
import numpy as np
import pytest

from keraslm.models import lstm

IDS = np.array([[1, 2, 3, 4]])
TARGETS = np.array([[2, 3, 4, 1]])


def test_a_fitted_model_is_cloned():
    model = lstm(5, embedding=2, units=3)
    model.compile("adam")
    model.fit(IDS, TARGETS, verbose=0)
    clone = keras.models.clone_model(model)
    clone.set_weights(model.get_weights())
    expected = model.evaluate(IDS, TARGETS, verbose=0)
    assert clone.evaluate(IDS, TARGETS, verbose=0) == pytest.approx(expected, rel=1e-6)
