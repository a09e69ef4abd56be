"""Where the heads of a transformer look, token by token; read without Keras."""

import dataclasses
from typing import Any, Self

import numpy as np
import pandas as pd

from keraslm.errors import CorpusError, UsageError
from keraslm.inference.heads import head_weights, transformer_of
from keraslm.inference.network import Array
from keraslm.text.vocabulary import Vocabulary


@dataclasses.dataclass(frozen=True)
class AttentionWeights:
    """The weights of every head while a text is read.

    The first token is the boundary of lines that is read before the text. Row i of a
    head has what token i is shown of each token j; it sums to one, and is 0 for j > i.

    `layers` and `heads` are their numbers: layers from 1 at the bottom, heads from 0.

    Shapes: values (layers, heads, tokens, tokens)
    """

    tokens: tuple[str, ...]
    values: Array
    layers: tuple[int, ...]
    heads: tuple[int, ...]

    def only(self, layer: int | None = None, head: int | None = None) -> Self:
        """Keep one layer, one head of each, or with both one head alone.

        Raises: UsageError if there is no such layer or head.
        """
        layers = _chosen("layer", layer, self.layers)
        heads = _chosen("head", head, self.heads)
        kept = np.ix_(np.isin(self.layers, layers), np.isin(self.heads, heads))
        return dataclasses.replace(
            self, values=self.values[kept], layers=layers, heads=heads
        )

    def table(self) -> pd.DataFrame:
        """Give a row for each head and each token that another one sees.

        Tokens are counted from 0, the boundary before the text.
        """
        is_past = np.tril(np.ones(self.values.shape, bool))
        layer, head, place, seen = np.nonzero(is_past)
        names = np.array(self.tokens, object)
        return pd.DataFrame(
            {
                "layer": np.array(self.layers)[layer],
                "head": np.array(self.heads)[head],
                "place": place,
                "token": names[place],
                "seen place": seen,
                "seen token": names[seen],
                "weight": self.values[layer, head, place, seen],
            }
        )


def _chosen(name: str, number: int | None, there: tuple[int, ...]) -> tuple[int, ...]:
    if number is None:
        return there
    if number not in there:
        raise UsageError(
            f"`{name}` must lie from {there[0]} to {there[-1]}; received {number}"
        )
    return (number,)


def attention_weights(model: Any, text: Any) -> AttentionWeights:
    """Read a text from the beginning of a line and keep the weights of every head.

    The text may be given as ids; `model` is a language model or its Keras model.

    Math:   A_ij = softmax over the tokens j that i may see of q_i . k_j / sqrt(d)
    Raises: UsageError for a model that is no transformer of keraslm's own, or ids that
        it does not know; CorpusError for a text without tokens.
    """
    network = transformer_of(model)
    is_keras = hasattr(model, "to_numpy")
    encoder = model.tokens if is_keras else model.encoder
    if isinstance(text, str):
        if encoder is None:
            raise UsageError("the model has no vocabulary to read a text; give it ids")
        text = encoder.encode_prompt(text)
    ids = np.asarray(text)
    if not ids.size:
        raise CorpusError("a text to probe needs at least one token; received 0")
    if ids.ndim > 1 or ids.min() < 0 or ids.max() >= network.vocabulary_size:
        raise UsageError(
            f"a text is one row of ids from 0 to {network.vocabulary_size - 1}; "
            f"received the shape {ids.shape}, {ids.min()} to {ids.max()}"
        )
    read = [Vocabulary.boundary_id, *ids.tolist()]
    token = str if encoder is None else encoder.vocabulary.token
    layers, heads = range(1, len(network.blocks) + 1), range(network.heads)
    values = head_weights(network, read)
    return AttentionWeights(
        tuple(map(token, read)), values, tuple(layers), tuple(heads)
    )
