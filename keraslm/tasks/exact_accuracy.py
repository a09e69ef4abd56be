"""What a network of a task is trained by and measured by, padding left out.

Math:   loss = mean over words, or texts, of -log P(tag or label)
        accuracy = right words / words, or right texts / texts
"""

from typing import Any

import keras
from keras import ops

from keraslm.tasks.batches import NO_TAG


def loss() -> keras.losses.Loss:
    """Give the mean loss of the words, or texts, of a batch."""
    return keras.losses.SparseCategoricalCrossentropy(ignore_class=NO_TAG)


class ExactAccuracy(keras.metrics.Metric):
    """The share of words, or texts, whose most probable tag or label is right.

    Keras's own accuracy of masked steps is a mean over sentences or batches: there a
    word in a long sentence counts less.

    Shapes: tags (batch, time), -1 for padding; probabilities (batch, time, tags);
            or of labels (batch,) and (batch, labels)
    """

    def __init__(self, name: str = "accuracy", **more: Any) -> None:
        super().__init__(name=name, **more)
        self._right = self.add_variable((), "zeros", name="right")
        self._words = self.add_variable((), "zeros", name="words")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Count a batch."""
        tags = ops.cast(y_true, "int32")
        best = ops.cast(ops.argmax(y_pred, axis=-1), "int32")
        is_word = tags != NO_TAG
        right = ops.logical_and(is_word, tags == best)
        self._right.assign_add(ops.sum(ops.cast(right, self.dtype)))
        self._words.assign_add(ops.sum(ops.cast(is_word, self.dtype)))

    def result(self) -> Any:
        """Give the share so far."""
        return self._right / ops.maximum(self._words, 1)
