"""N-gram and skip features of the history, hashed into one vector of weights.

Math:   logits_t[w] = sum over the histories h of position t of D[b(h) + w]
        Two histories whose slices D[b(h) ..] overlap share weights; the fewer
        histories a text has beside the size of D, the rarer that is.
References: Rosenfeld (1996), n-gram and skip features; Mikolov et al. (2011), hashed.
"""

import itertools
from typing import Any

import keras
from keras import ops

from keraslm.errors import UsageError
from keraslm.layers.slices import sum_of_slices
from keraslm.text.vocabulary import Vocabulary

WEIGHTS = "feature_weights"
PRIMES = (32749, 32719)  # below 2^15, so that no product leaves an int32
FACTORS = (20333, 12671)
MOST_BITS = 28


@keras.saving.register_keras_serializable("keraslm")
class DirectFeatures(keras.layers.Layer):
    """Score every output by weights of the last tokens themselves.

    The histories of x_1 .. x_t are its last 1, 2, .., order - 1 tokens, and as many for
    each d = 1 .. skip that leave out the newest d tokens:

    Math:   h_{k,d} = x_{t-d-k+1} .. x_{t-d},   k = 1 .. order - 1,   d = 0 .. skip
            b(h) = hash(k, d, h) mod (2^bits - outputs + 1)
            scores_t[w] = sum_{k,d} D[b(h_{k,d}) + w],   w = 0 .. outputs - 1
    D has 2^bits weights and starts at zero. Before a text stand line boundaries.

    Shapes: contexts (batch, time, features) -> (batch, time, outputs)
    Raises: UsageError if order < 2, skip < 0, or D is shorter than one slice or longer
            than 2^28.
    References: Mikolov et al. (2011), the outputs of a history side by side.
    """

    def __init__(
        self, outputs: int, order: int, skip: int = 0, bits: int = 22, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        _check(outputs, order, skip, bits)
        self.outputs = outputs
        self.order = order
        self.skip = skip
        self.bits = bits
        self.reach = order - 2 + skip
        """How many ids before the newest a position looks at."""

    @property
    def features(self) -> int:
        """How many histories a position has."""
        return (self.order - 1) * (self.skip + 1)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make D (2^bits,)."""
        self.table = self.add_weight((2**self.bits,), initializer="zeros", name=WEIGHTS)

    def initial_state(self, batch_size: Any) -> list[Any]:
        """Give the ids before a text: line boundaries.

        Shapes: one array (batch, reach), none if only the newest token counts
        """
        if not self.reach:
            return []
        return [ops.full((batch_size, self.reach), Vocabulary.boundary_id, "int32")]

    def read(
        self, ids: Any, state: list[Any], length: Any = None
    ) -> tuple[Any, list[Any]]:
        """Read ids, or the first `length` of each row, after those of the state.

        Shapes: ids (batch, time) -> contexts (batch, time, features), next state
        """
        seen = ops.concatenate([*state, ids], axis=1)  # (batch, reach + time)
        read = ops.shape(ids)[1] if length is None else length
        after = [ops.slice(seen, (0, read), ops.shape(s)) for s in state]
        return ops.stack(self.bases(seen), axis=-1), after

    def bases(self, seen: Any) -> list[Any]:
        """Give where the slice of each history of each position begins.

        Only int32 arithmetic that cannot overflow, the same on NumPy's arrays and on
        tensors.
        Shapes: seen (..., reach + time) -> `features` arrays (..., time)
        """
        time = seen.shape[-1] - self.reach
        found = []
        for d, k in itertools.product(range(self.skip + 1), range(1, self.order)):
            end = self.reach - d
            places = range(end - k + 1, end + 1)
            history = [seen[..., place : place + time] for place in places]
            found.append(_hash(self.order * d + k, history) % self._places)
        return found

    @property
    def _places(self) -> int:
        return 2**self.bits - self.outputs + 1

    def call(self, contexts: Any) -> Any:
        """Score every output."""
        rows = ops.reshape(contexts, (-1, self.features))
        scores = sum_of_slices(self.table, rows, self.outputs)
        return ops.reshape(scores, (*ops.shape(contexts)[:-1], self.outputs))

    def scores(self, contexts: Any, outputs: Any) -> Any:
        """Score some outputs.

        Shapes: contexts (..., features), outputs (..., K) or (K,) -> (..., K)
        """
        places = contexts[..., None, :] + outputs[..., None]  # (..., K, features)
        return ops.sum(ops.take(self.table, places), axis=-1)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        """Give (batch, time, outputs)."""
        return (*input_shape[:-1], self.outputs)

    def get_config(self) -> dict[str, Any]:
        """Give the arguments of the layer."""
        names = ("outputs", "order", "skip", "bits")
        own = {name: getattr(self, name) for name in names}
        return {**super().get_config(), **own}


def _hash(kind: int, history: list[Any]) -> Any:
    """Hash tokens to a number below 2^30, by two polynomials.

    Math:   g <- a (g + x) mod p for each token x, from g = kind
            hash = 2^15 g_1 + g_2
    """
    digits = []
    for prime, factor in zip(PRIMES, FACTORS, strict=True):
        g: Any = kind
        for ids in history:
            g = (g + ids % prime) % prime * factor % prime
        digits.append(g)
    return digits[0] * 2**15 + digits[1]


def _check(outputs: int, order: int, skip: int, bits: int) -> None:
    if order < 2 or skip < 0:
        raise UsageError(
            "features of the history are of order 2 or more and skip 0 or more tokens; "
            f"received order {order}, skip {skip}"
        )
    if bits > MOST_BITS or 2**bits < outputs:
        raise UsageError(
            f"2^bits weights must be at least the {outputs} outputs and at most "
            f"2^{MOST_BITS}; received {bits} bits"
        )
