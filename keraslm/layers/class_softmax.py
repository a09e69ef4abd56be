"""A softmax over classes, and then over the words of a class."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
from keras import ops

from keraslm.kernels import tensors
from keraslm.kernels.group_products import group_products
from keraslm.outputs.classes import FAR, ClassOutput

AT_ONCE = 8  # tokens of a class that are multiplied with its words together
Scores = Callable[[Any], Any]


@keras.saving.register_keras_serializable("keraslm")
class ClassSoftmax(keras.layers.Layer):
    """Predict the class of the next word, then the word among those of its class.

    The equation is that of `keraslm.outputs.classes`. `classes` holds the class of
    every word, from 0 on, none left out.

    Shapes: features (.., width), of width 0 where s alone shall tell
            -> log-probabilities (.., vocabulary), in nats, in float32 at least
            scores (.., vocabulary + number), or for `nats` a function that gives some
            of them: places in s (.., n) or (n,) -> (.., n)
    Raises: UsageError if a class from 0 to the highest has no word.
    References: Goodman (2001); Mikolov, Kombrink, Burget, Cernocky & Khudanpur (2011).
    """

    def __init__(self, classes: Sequence[int], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.output_side = ClassOutput(classes)
        self.classes = self.output_side.classes
        self.number, self.largest = self.output_side.number, self.output_side.largest
        self.supports_masking = True

    @property
    def widest(self) -> int:
        """The most numbers that `nats` makes of a token at once."""
        width = self.word_kernel.shape[-1]
        return self.number + self.largest * (2 + 2 * width // AT_ONCE)

    @property
    def scored(self) -> int:
        """How many classes and words `nats` compares for a token."""
        return self.number + self.largest

    def build(self, features_shape: Any, scores_shape: Any = None) -> None:
        """Make A and a of the classes, O and b of the words."""
        width = features_shape[-1]
        self.class_kernel = self._weight("class_kernel", width, self.number)
        self.class_bias = self._weight("class_bias", self.number, start="zeros")
        spread = keras.initializers.RandomUniform(-0.05, 0.05)
        table = (self.number, self.largest)
        self.word_kernel = self._weight("word_kernel", *table, width, start=spread)
        self.word_bias = self._weight("word_bias", *table, start="zeros")

    def _weight(self, name: str, *shape: Any, start: Any = "glorot_uniform") -> Any:
        return self.add_weight(shape, initializer=start, name=name)

    def call(self, features: Any, scores: Any = None) -> Any:
        """Give the log-probabilities of all words, which are logits too."""
        features, *weights = map(self._as_computed, [features, *self.weights])
        return self.output_side.log_probabilities(features, weights, tensors, scores)

    def _as_computed(self, x: Any) -> Any:
        return ops.convert_to_tensor(x, self.compute_dtype)

    def nats(self, features: Any, targets: Any, scores: Scores | None = None) -> Any:
        """Give -log P of the targets alone: of each, the words of its class are read.

        Shapes: features (.., width), targets (..) -> (..)
        """
        place = ops.take(self.output_side.places, ops.cast(targets, "int32"))
        own, place = place // self.largest, place % self.largest  # (..) both
        features = self._as_computed(features)
        classes = ops.matmul(features, self._as_computed(self.class_kernel))
        classes = classes + self._as_computed(self.class_bias)
        of_tokens = ops.reshape(own, (-1,))
        flat = (ops.shape(of_tokens)[0], features.shape[-1])
        words = self._word_logits(ops.reshape(features, flat), of_tokens)
        words = ops.reshape(words, (*ops.shape(targets), self.largest))
        members = ops.take(self.output_side.members, own, axis=0)  # (.., largest)
        words = ops.add(words, FAR * ops.cast(members < 0, "float32"))
        if scores is not None:
            numbers = ops.arange(self.number, dtype="int32")
            classes = ops.add(classes, scores(len(self.classes) + numbers))
            words = ops.add(words, scores(ops.maximum(members, 0)))
        nats_of_class = -_at(tensors.log_softmax(classes), own)
        return nats_of_class - _at(tensors.log_softmax(words), place)

    def _word_logits(self, features: Any, own: Any) -> Any:
        """Score the words of each token's class.

        The tokens are sorted by class and cut into groups of one class each, so that
        the words' vectors are fetched once a group, and not once a token.
        Shapes: features (tokens, width), own (tokens,) -> (tokens, largest)
        """
        tokens, width = ops.shape(own)[0], features.shape[-1]
        word_kernel = self._as_computed(self.word_kernel)
        word_bias = self._as_computed(self.word_bias)
        if not width:
            products = ops.take(word_kernel, own, axis=0)  # (.., 0)
            return ops.take(word_bias, own, axis=0) + ops.sum(products, axis=-1)
        order = ops.argsort(own)
        in_order = ops.take(own, order)
        numbers = ops.arange(self.number, dtype="int32")
        start = _searched(in_order, numbers, "left")
        size = _searched(in_order, numbers, "right") - start
        groups_after = ops.cumsum((size + AT_ONCE - 1) // AT_ONCE)
        groups_before = groups_after - (size + AT_ONCE - 1) // AT_ONCE
        rank = ops.arange(tokens, dtype="int32") - ops.take(start, in_order)
        row = ops.take(groups_before, in_order) * AT_ONCE + rank  # of the groups' table
        # enough: a class of n tokens has at most (n + AT_ONCE - 1) / AT_ONCE groups
        groups = (tokens + self.number * (AT_ONCE - 1)) // AT_ONCE
        index = ops.arange(groups, dtype="int32")
        of_group = _searched(groups_after, index, "right")
        of_group = ops.minimum(of_group, self.number - 1)
        table = ops.scatter(
            row[:, None], ops.take(features, order, axis=0), (groups * AT_ONCE, width)
        )
        table = ops.reshape(table, (groups, AT_ONCE, width))
        bias = ops.take(word_bias, of_group, axis=0)
        words = group_products(table, word_kernel, of_group, groups_after[-1])
        words = words + bias[:, None]
        words = ops.reshape(words, (groups * AT_ONCE, self.largest))
        # from the order by class back to that of the text
        row = ops.scatter(order[:, None], row, (tokens,))
        return ops.take(words, row, axis=0)

    def compute_output_shape(
        self, features_shape: tuple[int | None, ...], scores_shape: Any = None
    ) -> Any:
        """Give (.., vocabulary)."""
        return (*features_shape[:-1], len(self.classes))

    def compute_output_spec(self, features: Any, scores: Any = None) -> Any:
        """Give the shape and the type of what `call` gives."""
        shape = self.compute_output_shape(features.shape)
        return keras.KerasTensor(shape, tensors.wide(self.compute_dtype))

    def get_config(self) -> dict[str, Any]:
        """Give the arguments of the layer."""
        return {**super().get_config(), "classes": list(self.classes)}


def _searched(numbers: Any, values: Any, side: str) -> Any:
    """Find where values would stand in a sorted row; the same type for any length."""
    return ops.cast(ops.searchsorted(numbers, values, side=side), "int32")


def _at(table: Any, places: Any) -> Any:
    """Pick an entry of the last axis.

    Shapes: (.., n), (..) -> (..)
    """
    return ops.take_along_axis(table, places[..., None], axis=-1)[..., 0]
