"""The norm of the gradient in the logs, of any optimizer, in any fit of a model."""

import keras
import numpy as np

from keraslm.callbacks import GradientNorm
from keraslm.models import lstm

IDS = np.array([[1, 2, 3, 4]])
TARGETS = np.array([[2, 3, 4, 1]])


def test_a_model_that_was_fitted_before_tells_the_norm_too():
    model = lstm(5, embedding=2, units=3)
    model.compile(keras.optimizers.SGD(0.0))  # so that both steps have one gradient
    model.fit(IDS, TARGETS, verbose=0)
    norms = [
        model.fit(IDS, TARGETS, verbose=0, callbacks=[GradientNorm()]).history
        for _ in range(2)
    ]
    first, second = (history["gradient_norm"][0] for history in norms)
    assert 0 < first == second
