"""The bigram: one-hot input, one matrix, softmax."""

from typing import Any

import keras

from keraslm.layers import OneHotDense, Window
from keraslm.models.causal_lm import CausalLM
from keraslm.models.ngram import described, ngram
from keraslm.models.sizes import Tokens, size_of


def bigram(tokens: Tokens, *, dtype: str | None = None, **options: Any) -> CausalLM:
    """Build the network that predicts a token from the one before it alone.

    Math:   P(y | x) = softmax(onehot(x) W + b)[y] = softmax(W[x] + b)[y]
            W (vocabulary, vocabulary), b (vocabulary,)
    It is multinomial logistic regression, whose loss is convex: trained to the end, its
    probabilities are the relative frequencies count(x y) / count(x). With `embedding`,
    `hidden` or other options of `ngram`, it is that with a context of one token.

    Shapes: ids (batch, time) -> logits (batch, time, vocabulary)
    References: Bengio, Ducharme, Vincent & Jauvin (2003), of which it is the smallest.
    """
    if options:
        kind = "embedding" if "embedding" in options else "one-hot"
        asked = {"input": kind, "hidden": (), "name": "bigram", **options}
        return ngram(tokens, context=1, dtype=dtype, **asked)
    size = size_of(tokens)
    ids = keras.Input((None,), dtype="int32", name="ids")
    window, matrix = Window(1), OneHotDense(size, size, dtype=dtype)
    logits = matrix(window(ids))  # (batch, time, vocabulary)
    parts = {"window": window, "first": matrix}
    arguments = {"context": 1, "input_kind": "one-hot", "hidden": []}
    return described("bigram", ids, logits, tokens, arguments, parts, dtype)
