"""The output side of a model: which softmax, and features of the history beside it.

Math:   full:     P(w) = softmax(O h + b + s)[w]
        adaptive, classes: P(w) as their layer says, from h and, in classes, s
        h is what the last layer shows; s_t[w] = sum over the histories of t of
        D[b(h) + w], see `DirectFeatures`, and 0 in a model without them
"""

import abc
import functools
from typing import Any

import keras

from keraslm.errors import UsageError
from keraslm.layers import AdaptiveSoftmax, ClassSoftmax, DirectFeatures
from keraslm.models.causal import CausalModel


class SoftmaxModel(CausalModel):
    """A causal model that predicts with the full softmax, or with the layer `softmax`.

    `softmax` is None, an AdaptiveSoftmax or a ClassSoftmax. The scores of the features
    in `direct`, if there are any, are added within the softmax.
    References: Mikolov et al. (2011), features of classes and of words.
    """

    softmax: Any
    direct: DirectFeatures | None

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.softmax = None
        self.direct = None

    @abc.abstractmethod
    def look(
        self, ids: Any, states: list[Any], training: bool = False, length: Any = None
    ) -> tuple[dict[str, Any], list[Any]]:
        """Read ids as `step` does; give what the prediction is made of.

        Shapes: ids (batch, time) -> hidden (batch, time, width) and, with features,
                contexts (batch, time, features); next states
        """

    @abc.abstractmethod
    def logits(self, hidden: Any) -> Any:
        """Score every token of the vocabulary by what the last layer shows.

        Shapes: (batch, time, width) -> (batch, time, vocabulary)
        """

    def step(
        self, ids: Any, states: list[Any], training: bool = False, length: Any = None
    ) -> tuple[Any, list[Any]]:
        """Read ids, or the first `length` of each row, from a state.

        Shapes: ids (batch, time) -> logits (batch, time, vocabulary), next states
        """
        shown, after = self.look(ids, states, training, length)
        if self.direct is None:
            return self.logits(shown["hidden"]), after
        scores = self.direct(shown["contexts"])
        if self.softmax is None:
            return self.logits(shown["hidden"]) + scores, after
        return self.softmax(shown["hidden"], scores), after

    def step_for_nats(
        self, ids: Any, states: list[Any], training: bool = False, length: Any = None
    ) -> tuple[Any, list[Any]]:
        """Read ids as `step` does; give the logits, or what a softmax reads."""
        read = self.step if self.softmax is None else self.look
        return read(ids, states, training, length)

    def nats(self, shown: Any, targets: Any) -> Any:
        """Give -log P of the targets.

        Shapes: shown as of `step_for_nats`, targets (batch, time) -> (batch, time)
        """
        if self.softmax is None:
            return super().nats(shown, targets)
        if self.direct is None:
            return self.softmax.nats(shown["hidden"], targets)
        scores = functools.partial(self.direct.scores, shown["contexts"])
        return self.softmax.nats(shown["hidden"], targets, scores)

    @property
    def numbers_per_token(self) -> int:
        """The most numbers that `nats` makes of a token at once."""
        if self.softmax is None:
            return super().numbers_per_token
        if self.direct is None:
            return self.softmax.widest
        return self.softmax.widest + self.softmax.scored * self.direct.features

    def get_config(self) -> dict[str, Any]:
        """Give the arguments of the model."""
        softmax = self.softmax and keras.saving.serialize_keras_object(self.softmax)
        own = {"vocabulary_size": self.vocabulary_size, "softmax": softmax}
        return {**super().get_config(), **own}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "SoftmaxModel":
        """Build the model of such arguments."""
        softmax = config.get("softmax")
        if softmax is not None:
            softmax = keras.saving.deserialize_keras_object(softmax)
        return cls(**{**config, "softmax": softmax})


def new_features(
    vocabulary_size: int,
    softmax: AdaptiveSoftmax | ClassSoftmax | None,
    order: int,
    skip: int,
    bits: int,
) -> DirectFeatures:
    """Build the features that score every word and then, if there are any, classes.

    Raises: UsageError as `DirectFeatures`, or for an adaptive softmax.
    """
    if isinstance(softmax, AdaptiveSoftmax):
        raise UsageError(
            "an adaptive softmax scores words by the layers alone; features of the "
            "history go with the full softmax or with classes"
        )
    outputs = vocabulary_size + (0 if softmax is None else softmax.number)
    return DirectFeatures(outputs, order, skip, bits)
