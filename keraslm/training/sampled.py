"""Sampled softmax: a loss that looks at some of the vocabulary, for training only.

Math:   l(w) = h O[w] + b[w];   C = S words drawn from Q, the unigram of the training
        text to the power 3/4;   y the target
        own = exp l(y) / min(1, S Q(y))
        loss = -log own + log Z,   Z = own + sum_{w in C, w != y} exp l(w) / (S Q(w))
        A rare target is weighed like a rare word that is drawn: counted once, it would
        be driven up without end beside words that are seldom drawn. As S grows the
        loss comes to that of the full softmax.
References: Bengio & Senecal (2008), the estimate of Z; Jean et al. (2015), one C for
        all tokens of a step.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from keras import ops

from keraslm.kernels.products import product
from keraslm.models.recurrent import RecurrentModel
from keraslm.text.mapped import stretches

FLATTENED = 0.75  # the power: rare words are drawn a little more often
FAR = 1e9  # nats: so improbable is a drawn word that is the target itself


class SampledSoftmax:
    """Draws the words of a step, and computes the loss on them."""

    def __init__(
        self,
        ids: npt.NDArray[Any],
        vocabulary_size: int,
        samples: int,
        seed: int,
    ) -> None:
        counts = np.ones(vocabulary_size)
        for some in stretches(ids):
            counts += np.bincount(some, minlength=vocabulary_size)
        q = counts**FLATTENED
        self._cumulative = np.cumsum(q / q.sum())
        self._log_expected = np.log(samples * q / q.sum()).astype(np.float32)
        self._samples = samples
        self._seed = seed

    def draw(self, step: int, epoch: int) -> npt.NDArray[np.int32]:
        """Draw the words of a step; the same step has the same words in every run.

        Shapes: -> (samples,)
        """
        rng = np.random.default_rng((self._seed, epoch, step))
        points = rng.random(self._samples) * self._cumulative[-1]
        return self._cumulative.searchsorted(points, side="right").astype(np.int32)

    def nats(self, model: RecurrentModel, hidden: Any, targets: Any, drawn: Any) -> Any:
        """Give the loss of each token on the words that were drawn.

        Shapes: hidden (batch, time, units), targets (batch, time), drawn (samples,)
                -> (batch, time)
        """
        features = model.features(hidden)
        features = ops.reshape(features, (-1, features.shape[-1]))
        y = ops.cast(ops.reshape(targets, (-1,)), "int32")
        log_expected = ops.convert_to_tensor(self._log_expected)
        columns, bias = model.output_weights(y)
        own = ops.sum(features * columns, axis=-1) + bias
        own = own - ops.minimum(ops.take(log_expected, y), 0.0)
        columns, bias = model.output_weights(drawn)
        others = product(features, columns, transpose_b=True)
        others = others + (bias - ops.take(log_expected, drawn))
        others = ops.where(drawn == y[:, None], -FAR, others)
        nats = ops.logaddexp(own, ops.logsumexp(others, axis=-1)) - own
        return ops.reshape(nats, ops.shape(targets))
