"""Sampled softmax: a loss that looks at some of the vocabulary, for training only."""

from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

from keraslm.errors import UsageError
from keraslm.kernels.products import product
from keraslm.losses.next_token import NextToken

FLATTENED = 0.75  # the power: rare words are drawn a little more often
FAR = 1e9  # nats: so improbable is a drawn word that is the target itself


@keras.saving.register_keras_serializable("keraslm")
class SampledNextToken(NextToken):
    """The cross-entropy of each next token among some words, drawn anew each step.

        model.compile("adam", keraslm.losses.SampledNextToken(counts, samples=1024))

    Math:   l(w) = h O[w] + b[w];   C = S words drawn from Q, the `counts` + 1 to the
            power 3/4;   y the target
            own = exp l(y) / min(1, S Q(y))
            loss = -log own + log Z
            Z = own + sum_{w in C, w != y} exp l(w) / (S Q(w))
            A rare target is weighed like a rare word that is drawn: counted once, it
            would be driven up without end beside words that are seldom drawn. As S
            grows the loss comes to that of the full softmax.
    It trains a `keraslm.CausalLM` whose last layer multiplies with O: a Dense layer or
    a tied embedding. Evaluation is that of the full softmax.

    Shapes: counts (vocabulary,)
    Raises: UsageError if `samples` is below 1.
    References: Bengio & Senecal (2008), the estimate of Z; Jean et al. (2015), one C
            for all tokens of a step; Walker (1977), drawing by alias.
    """

    def __init__(
        self,
        counts: npt.ArrayLike,
        samples: int = 1024,
        seed: int | None = None,
        name: str = "sampled_next_token",
    ) -> None:
        super().__init__(name=name)
        if samples < 1:
            raise UsageError(f"`samples` must be 1 or more; received {samples}")
        self.counts = np.asarray(counts, np.float64)
        self.samples = samples
        self.seed = seed
        q = (self.counts + 1) ** FLATTENED
        q /= q.sum()
        self._log_expected = np.log(samples * q).astype(np.float32)
        self._stays, self._alias = alias_table(q)
        self._seeds = keras.random.SeedGenerator(seed)

    @property
    def variables(self) -> list[Any]:
        """The state of the random numbers."""
        return [self._seeds.state]

    def draw(self) -> Any:
        """Draw the words of a step; shapes: -> (samples,) int32."""
        shape = (self.samples,)
        place = keras.random.randint(shape, 0, len(self._alias), seed=self._seeds)
        chance = keras.random.uniform(shape, seed=self._seeds)
        stays = ops.take(ops.convert_to_tensor(self._stays), place)
        alias = ops.take(ops.convert_to_tensor(self._alias), place)
        return ops.where(chance < stays, place, alias)

    def nats(self, model: Any, features: Any, targets: Any) -> Any:
        """Give the loss of each token on the words that are drawn.

        Shapes: features (batch, time, width), targets (batch, time) -> (batch, time)
        """
        drawn = self.draw()
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

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make it again."""
        own = {"samples": self.samples, "seed": self.seed, "name": self.name}
        return {"counts": self.counts.tolist(), **own}


def alias_table(q: npt.NDArray[np.float64]) -> tuple[Any, Any]:
    """Give for each place how often it stays, and where it leads to otherwise.

    Math:   Q(w) = (stays[w] + sum over places v that lead to w of 1 - stays[v]) / n
    Shapes: (n,) -> (n,) float32, (n,) int32
    References: Vose (1991).
    """
    share = q * len(q)
    stays, alias = np.ones(len(q)), np.arange(len(q))
    small = list(np.flatnonzero(share < 1))
    large = list(np.flatnonzero(share >= 1))
    while small and large:
        low, high = small.pop(), large.pop()
        stays[low], alias[low] = share[low], high
        share[high] -= 1 - share[low]
        (small if share[high] < 1 else large).append(high)
    return stays.astype(np.float32), alias.astype(np.int32)
