"""The output side of a model one token at a time, in NumPy."""

from typing import Any

import numpy as np
import numpy.typing as npt
from keras import ops

from keraslm.layers import arrays
from keraslm.models.direct_stream import DirectStream
from keraslm.models.maxent import MaxEntModel
from keraslm.models.softmax_model import SoftmaxModel

Array = npt.NDArray[Any]


class OutputStream:
    """The softmax of one text, or of several, and the features beside it."""

    def __init__(self, model: SoftmaxModel, texts: tuple[int, ...] = ()) -> None:
        self._softmax = model.softmax
        if model.softmax is None:
            self._output, self._bias = output_weights(model)
        else:
            self._weights = [array(weight) for weight in model.softmax.weights]
        self._direct = None
        if model.direct is not None:
            self._direct = DirectStream(model.direct, texts)

    def push(self, token_id: Any, hidden: Array) -> Array:
        """Read a token after which the last layer shows `hidden`; score every token.

        Shapes: (), (width,) -> (vocabulary,), or of each (texts,), (texts, width)
        """
        scores = [] if self._direct is None else [self._direct.push(token_id)]
        if self._softmax is None:
            return sum(scores, hidden @ self._output + self._bias)
        weights = self._weights
        return self._softmax.log_probabilities(hidden, weights, arrays, *scores)


def output_weights(model: SoftmaxModel) -> tuple[Array, Array]:
    """Give O and b of the full softmax; tied, O is the projection times E^T.

    Shapes: (width, vocabulary), (vocabulary,)
    """
    if isinstance(model, MaxEntModel):
        bias = array(model.bias)
        return np.zeros((0, len(bias)), np.float32), bias
    if model.predict_next is not None:
        return array(model.predict_next.kernel), array(model.predict_next.bias)
    tied = np.ascontiguousarray(array(model.embed.embeddings).T)
    if model.project is not None:
        tied = array(model.project.kernel) @ tied
    return tied, np.zeros(model.vocabulary_size, np.float32)


def array(weight: Any) -> Array:
    """Give a weight's numbers."""
    return np.asarray(ops.convert_to_numpy(weight))
