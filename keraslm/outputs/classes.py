"""The softmax over classes, and then over the words of a class."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from keraslm.errors import UsageError

FAR = -1e9  # nats: the score of a place that holds no word


class ClassOutput:
    """Predict the class of the next word, then the word among those of its class.

    `classes` holds the class of every word, from 0 on, none left out. The words'
    vectors stand class by class, every class padded to the largest one.

    Math:   log P(w) = log softmax(A x + a + s_C)[c(w)]
                     + log softmax_{v in c(w)}(O x + b + s_V)[w]
            s = (s_V, s_C) are scores that something else gives to the words and then
            to the classes, such as features of the history; left out, they are 0
    Raises: UsageError if a class from 0 to the highest has no word.
    References: Goodman (2001); Mikolov, Kombrink, Burget, Cernocky & Khudanpur (2011).
    """

    def __init__(self, classes: Sequence[int]) -> None:
        own = np.asarray(classes, np.int64)
        in_range = own.size and own.min() >= 0 and own.max() < own.size
        sizes = np.bincount(own) if in_range else own[:0]
        if not sizes.size or not sizes.all():
            raise UsageError(
                "classes must be numbered from 0 on, each with a word or more; "
                f"received {own[:10].tolist()} .. for {len(own)} words"
            )
        self.classes = own.tolist()
        self.number, self.largest = len(sizes), int(sizes.max())
        # the words of each class, and where each word stands in that table
        order = np.argsort(own, kind="stable")
        first = np.repeat(np.cumsum(sizes) - sizes, sizes)
        place = np.arange(len(own)) - first
        members = np.full((self.number, self.largest), -1)
        members[own[order], place] = order
        self.members = members.astype("int32")
        self.places = np.empty(len(own), "int32")
        self.places[order] = own[order] * self.largest + place

    def shapes(self, width: int) -> list[tuple[int, ...]]:
        """Give the shapes of A and a of the classes, O and b of the words."""
        table = (self.number, self.largest)
        return [(width, self.number), (self.number,), (*table, width), table]

    def log_probabilities(
        self, x: Any, weights: Sequence[Any], math: Any, scores: Any = None
    ) -> Any:
        """Compute the equation with `kernels.tensors` or `outputs.arrays`.

        Shapes: (.., width) -> (.., vocabulary); scores (.., vocabulary + number)
        """
        class_kernel, class_bias, word_kernel, word_bias = weights
        classes = math.matmul(x, class_kernel) + class_bias
        table = (self.number * self.largest, word_kernel.shape[-1])
        kernel = math.transpose(math.reshape(word_kernel, table))
        words = math.matmul(x, kernel) + math.reshape(word_bias, (-1,))
        members = self.members.reshape(-1)
        if scores is not None:
            classes = math.add(classes, scores[..., len(self.classes) :])
            own = math.take(scores, np.maximum(members, 0), axis=-1)
            words = math.add(words, own)
        words = math.add(words, np.where(members < 0, FAR, 0.0).astype("float32"))
        lead = tuple(math.shape(x)[:-1])
        words = math.reshape(words, (*lead, self.number, self.largest))
        words = math.log_softmax(words) + math.log_softmax(classes)[..., None]
        return math.take(math.reshape(words, (*lead, -1)), self.places, axis=-1)
