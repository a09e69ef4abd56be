"""The bigram: one-hot input, one matrix, softmax."""

import keras

from keraslm.layers import OneHotDense, Window
from keraslm.models.causal_lm import CausalLM
from keraslm.models.ngram import described
from keraslm.models.sizes import Tokens, size_of


def bigram(tokens: Tokens, *, dtype: str | None = None) -> CausalLM:
    """Build the network that predicts a token from the one before it alone.

    Math:   P(y | x) = softmax(onehot(x) W + b)[y] = softmax(W[x] + b)[y]
            W (vocabulary, vocabulary), b (vocabulary,)
    It is multinomial logistic regression, whose loss is convex: trained to the end, its
    probabilities are the relative frequencies count(x y) / count(x). With embeddings or
    a hidden layer between, it is `ngram(tokens, context=1)`.

    Shapes: ids (batch, time) -> logits (batch, time, vocabulary)
    References: Bengio, Ducharme, Vincent & Jauvin (2003), of which it is the smallest.
    """
    size = size_of(tokens)
    ids = keras.Input((None,), dtype="int32", name="ids")
    window, matrix = Window(1), OneHotDense(size, size, dtype=dtype)
    logits = matrix(window(ids))  # (batch, time, vocabulary)
    parts = {"window": window, "first": matrix}
    arguments = {"context": 1, "input_kind": "one-hot", "hidden": []}
    return described("bigram", ids, logits, tokens, arguments, parts, dtype)
