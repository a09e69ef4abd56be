"""What a foreign network takes and gives, found by looking and by asking it."""

import dataclasses
import functools
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from keraslm.errors import ModelFileError, UsageError, in_short
from keraslm.models.graph import leaves

Array = npt.NDArray[Any]

ROUNDING = 1e-3  # how far from one probabilities may sum, as written in float16


@dataclasses.dataclass(frozen=True)
class Foreign:
    """A network and the shapes of its one input and one output."""

    network: Any
    size: int  # of its vocabulary
    one_hot: bool
    batch: int | None
    time: int | None
    next_only: bool
    """It predicts one token, (batch, V), not one at every position."""

    @functools.cached_property
    def layers(self) -> list[Any]:
        """Its layers, those of networks within it in their place."""
        return leaves(self.network)

    @property
    def stateful(self) -> bool:
        """Whether it carries its states from call to call by itself."""
        return any(getattr(layer, "stateful", False) for layer in self.layers)

    @property
    def masked(self) -> bool:
        """Whether an embedding masks id 0."""
        return any(getattr(layer, "mask_zero", False) for layer in self.layers)

    def __call__(self, ids: Array) -> Array:
        """Ask the network from fresh states; shapes: (batch, time) -> its outputs."""
        rows, batch = len(ids), self.batch or len(ids)
        padded = np.resize(ids, (-(-rows // batch) * batch, ids.shape[1]))
        parts = [self._ask(part) for part in np.split(padded, len(padded) // batch)]
        return np.concatenate(parts)[:rows]

    def _ask(self, ids: Array) -> Array:
        for layer in self.layers:
            if getattr(layer, "stateful", False):
                layer.reset_states()
        vectors = ids[..., None] == np.arange(self.size)
        given = vectors.astype(np.float32) if self.one_hot else ids
        try:
            found = keras.ops.convert_to_numpy(self.network(given, training=False))
        except Exception as error:  # Keras raises whatever it stumbled over
            raise ModelFileError(
                f"the model fails on texts of {ids.shape[1]} tokens ({in_short(error)})"
            ) from error
        return np.asarray(found, np.float32)

    def log_probabilities(self, ids: Array, scores: str) -> Array:
        """Give log P; shapes: (batch, time) -> (batch, time, V), or (batch, V)."""
        outputs = self(ids).astype(np.float64)
        with np.errstate(divide="ignore"):
            if scores == "probabilities":
                return np.log(outputs)
            outputs -= outputs.max(axis=-1, keepdims=True)
            return outputs - np.log(np.exp(outputs).sum(axis=-1, keepdims=True))


def look_at(network: Any, tokens: int) -> Foreign:
    """Find out what a network takes and gives.

    Raises: ModelFileError if it is no language model of so many tokens.
    """
    _check_one_of_each(network, tokens)
    given, shown = tuple(network.inputs[0].shape), tuple(network.outputs[0].shape)
    if len(shown) not in (2, 3) or shown[-1] != tokens:
        raise ModelFileError(
            f"the model's output has shape {shown} and the vocabulary file "
            f"{tokens} tokens; the output must be (batch, time, {tokens}) or "
            f"(batch, {tokens})"
        )
    one_hot = len(given) == 3 and given[-1] == tokens
    if len(given) != 2 and not one_hot:
        raise ModelFileError(
            f"the model's input must be ids (batch, time) or one-hot (batch, time, "
            f"{tokens}); it has shape {given}"
        )
    return Foreign(network, tokens, one_hot, given[0], given[1], len(shown) == 2)


def _check_one_of_each(network: Any, tokens: int) -> None:
    """Refuse a network with several ends, and say which of them to take.

    Raises: ModelFileError
    """
    inputs, outputs = network.inputs, network.outputs
    if len(inputs) == 1 and len(outputs) == 1:
        return
    fitting = [n for n, x in enumerate(outputs) if x.shape[-1] == tokens]
    if len(inputs) > 1:
        way_out = "save it without its states as inputs, which keraslm carries itself"
    elif fitting:
        output = f"model.outputs[{fitting[0]}]"
        way_out = f"save keras.Model(model.inputs, {output}), which gives the scores"
    else:
        way_out = f"none of the outputs has the vocabulary's {tokens} scores"
    raise ModelFileError(
        "a model to adopt has one input and one output; this one has "
        f"{len(inputs)} and {len(outputs)}: {way_out}"
    )


def scores_of(outputs: Array, told: str) -> str:
    """Tell logits from probabilities: these lie in [0, 1] and sum to one.

    Raises: UsageError if `told` is probabilities and they do not sum to one, or if
        nothing is told of outputs that could be either;
        ModelFileError if an output is not a number.
    """
    if not np.isfinite(outputs).all():
        raise ModelFileError("the model's outputs are not all finite numbers")
    off = float(np.abs(outputs.sum(axis=-1, dtype=np.float64) - 1).max())
    is_distribution = outputs.min() >= 0 and off <= ROUNDING
    if told == "probabilities" and not is_distribution:
        raise UsageError(
            f"the outputs are no probabilities: the smallest is {outputs.min():.3g} "
            f"and a sum is {off:.3g} away from 1; give `outputs='logits'`"
        )
    if told == "auto" and not is_distribution and _within_one(outputs):
        raise UsageError(
            "the outputs lie between 0 and 1 as probabilities do, but a sum is "
            f"{off:.3g} away from 1 (a sigmoid?); give `outputs='logits'` if they are "
            "logits, or end the model with a softmax"
        )
    if told == "auto":
        return "probabilities" if is_distribution else "logits"
    return told


def _within_one(outputs: Array) -> bool:
    return bool(outputs.min() >= 0 and outputs.max() <= 1 and outputs.any())
