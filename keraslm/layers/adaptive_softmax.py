"""A softmax that spends little on rare words."""

import functools
import itertools
from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keraslm.errors import UsageError
from keraslm.kernels import tensors
from keraslm.kernels.cross_entropy import cross_entropy
from keraslm.kernels.products import affine, product
from keraslm.outputs.adaptive import AdaptiveOutput

HEAD_ROOM = 1.5  # the tokens that a step has room for, relative to those expected
LEAST_ROOM = 16  # tokens


@keras.saving.register_keras_serializable("keraslm")
class AdaptiveSoftmax(keras.layers.Layer):
    """Predict frequent words at once, rare ones by their band and then within it.

    The equation is that of `keraslm.outputs.adaptive`.

    Shapes: features (.., width) -> log-probabilities (.., vocabulary), in nats, in
            float32 at least
    `shares` are the bands' shares of the tokens: `nats` reads a band's words for about
    as many tokens as are in it, and for all others only where there are more.

    Raises: UsageError if the cutoffs do not rise from 1 to below the vocabulary.
    References: Grave, Joulin, Cisse, Grangier & Jegou (2017).
    """

    def __init__(
        self,
        vocabulary_size: int,
        cutoffs: Sequence[int],
        shares: Sequence[float],
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.output_side = AdaptiveOutput(vocabulary_size, cutoffs)
        self.vocabulary_size = vocabulary_size
        self.cutoffs = self.output_side.cutoffs
        self.shares = tuple(shares)
        self.supports_masking = True
        _check(self.cutoffs, self.shares)

    @property
    def sizes(self) -> list[int]:
        """The number of words of each band."""
        return self.output_side.sizes

    @property
    def widest(self) -> int:
        """The most numbers that `nats` makes of a token at once."""
        return max(self.cutoffs[0] + len(self.cutoffs), *self.sizes)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make O and b of the head; P, O and b of each band."""
        width = input_shape[-1] or 1
        head = self.cutoffs[0] + len(self.cutoffs)
        self.head = [*self._matrices("head", width, head), self._bias("head", head)]
        self.bands = []
        widths = self.output_side.widths(width)
        for number, (size, narrow) in enumerate(zip(self.sizes, widths, strict=True)):
            matrices = self._matrices(f"band{number}", width, narrow, size)
            self.bands.append([*matrices, self._bias(f"band{number}", size)])

    def _matrices(self, name: str, *widths: int) -> list[Any]:
        return [
            self.add_weight(
                shape, initializer="glorot_uniform", name=f"{name}_kernel{number}"
            )
            for number, shape in enumerate(itertools.pairwise(widths))
        ]

    def _bias(self, name: str, size: int) -> Any:
        return self.add_weight((size,), initializer="zeros", name=f"{name}_bias")

    def call(self, features: Any) -> Any:
        """Give the log-probabilities of all words, which are logits too."""
        features, *weights = map(self._as_computed, [features, *self.weights])
        return self.output_side.log_probabilities(features, weights, tensors)

    def _as_computed(self, x: Any) -> Any:
        return ops.convert_to_tensor(x, self.compute_dtype)

    def nats(self, features: Any, targets: Any) -> Any:
        """Give -log P of the targets alone; most bands are read for few tokens.

        Shapes: features (.., width), targets (..) -> (..)
        """
        shape = ops.shape(targets)
        features = self._as_computed(features)
        features = ops.reshape(features, (-1, features.shape[-1]))
        targets = ops.reshape(ops.cast(targets, "int32"), (-1,))
        kernel, bias = map(self._as_computed, self.head)
        # the band of each target; 0 is the head
        of_band = sum(ops.cast(targets >= edge, "int32") for edge in self.cutoffs)
        entry = ops.where(of_band > 0, self.cutoffs[0] + of_band - 1, targets)
        nats = cross_entropy(entry, affine(features, kernel, bias))
        for number in range(len(self.cutoffs)):
            inside = of_band == number + 1
            nats = nats + self._band_nats(number, inside, features, targets)
        return ops.reshape(nats, shape)

    def _band_nats(self, number: int, inside: Any, features: Any, targets: Any) -> Any:
        """Give -log P(w | band) of the tokens inside a band, and 0 of the others.

        The tokens are ordered, those inside first. The first ones are read, as many as
        there is room for; the rest only if there are some inside among them.
        Shapes: inside, targets (tokens,), features (tokens, width) -> (tokens,)
        """
        places = ops.clip(targets - self.cutoffs[number], 0, self.sizes[number] - 1)
        given = [features, *map(self._as_computed, self.bands[number])]

        def read(chosen: Any, features: Any, down: Any, up: Any, bias: Any) -> Any:
            narrow = product(ops.take(features, chosen, axis=0), down)
            logits = affine(narrow, up, bias)  # (chosen, words of the band)
            return cross_entropy(ops.take(places, chosen), logits)

        outside = ops.cast(ops.logical_not(inside), "int32")
        tokens = ops.shape(targets)[0]
        order = ops.argsort(outside * tokens + ops.arange(tokens, dtype="int32"))
        room = tokens * int(1000 * HEAD_ROOM * self.shares[number]) // 1000 + LEAST_ROOM
        first, others = order[:room], order[room:]
        rest = ops.cond(
            ops.sum(1 - outside) > room,
            # computed again for the gradient: kept, it would take room in every step
            lambda: keras.remat(functools.partial(read, others))(*given),
            lambda: ops.zeros(ops.shape(others), tensors.wide(self.compute_dtype)),
        )
        in_order = ops.concatenate([read(first, *given), rest])
        rank = ops.maximum(ops.cumsum(1 - outside) - 1, 0)
        return ops.where(inside, ops.take(in_order, rank), 0)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        """Give (.., vocabulary)."""
        return (*input_shape[:-1], self.vocabulary_size)

    def compute_output_spec(self, features: Any) -> Any:
        """Give the shape and the type of what `call` gives."""
        shape = self.compute_output_shape(features.shape)
        return keras.KerasTensor(shape, tensors.wide(self.compute_dtype))

    def get_config(self) -> dict[str, Any]:
        """Give the arguments of the layer."""
        own = {
            "vocabulary_size": self.vocabulary_size,
            "cutoffs": list(self.cutoffs),
            "shares": list(self.shares),
        }
        return {**super().get_config(), **own}


def _check(cutoffs: tuple[int, ...], shares: tuple[float, ...]) -> None:
    if len(shares) != len(cutoffs) or not all(0 <= share <= 1 for share in shares):
        raise UsageError(
            f"shares must be one of 0 to 1 for each of {len(cutoffs)} bands; "
            f"received {list(shares)}"
        )
