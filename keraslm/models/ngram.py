"""Neural trigram and fixed-window language models."""

import inspect
from collections.abc import Sequence
from typing import Any

import keras

from keraslm.errors import UsageError
from keraslm.inference.network import last_tokens
from keraslm.layers import Dropout, MultiHotDense, OneHotDense, Window
from keraslm.layers.dense import Dense
from keraslm.layers.dropout import check_rate
from keraslm.models.architecture import Architecture, builds
from keraslm.models.causal_lm import CausalLM
from keraslm.models.sizes import Tokens, check_sizes, encoder_of, size_of

INPUTS = ("one-hot", "bag-of-words", "embedding")
LONGEST = 1000  # tokens; a bag of words compares each two of them


def ngram(
    tokens: Tokens,
    *,
    context: int = 4,
    input: str = "embedding",  # noqa: A002  as Keras says it
    embedding: int = 64,
    hidden: Sequence[int] = (128,),
    dropout: float = 0.0,
    embeddings_initializer: Any = None,
    trainable_embedding: bool = True,
    seed: int | None = None,
    name: str = "ngram",
    dtype: str | None = None,
) -> CausalLM:
    """Build the network that predicts a token from the last `context` tokens.

    Math:   one-hot        v = [onehot(x_{t-n+1}); ..; onehot(x_t)], order kept
            bag-of-words   v = multihot(x_{t-n+1}, .., x_t)
            embedding      v = [E x_{t-n+1}; ..; E x_t]
            h = tanh(v W + b) for each hidden layer;   logits = h U + c
            no hidden layer: logits = v W + b, multinomial logistic regression
    The state is the last context - 1 ids; before a text stand line boundaries. Without
    `trainable_embedding`, E stays as it is; it starts from N(0, 1) or as
    `embeddings_initializer` says, such as `keraslm.initializers.WordVectors`.

    Shapes: ids (batch, time) -> logits (batch, time, vocabulary)
    Raises: UsageError for an unknown input or a size below 1.
    References: Bengio et al. (2003).
    """
    size = size_of(tokens)
    _check(context, input, embedding, hidden, dropout)
    ids = keras.Input((None,), dtype="int32", name="ids")
    window, embed = Window(context), None
    if input == "embedding":
        start = embeddings_initializer or keras.initializers.RandomNormal(0.0, 1.0)
        embed = keras.layers.Embedding(
            size, embedding, start, trainable=trainable_embedding, dtype=dtype
        )
    first, *rest = _layers(input, (*hidden, size), size, dtype)
    drop = Dropout(dropout, seed=seed, dtype=dtype)

    h = window(ids)  # (batch, time, context)
    if embed is not None:
        h = keras.layers.Reshape((-1, context * embedding), dtype=dtype)(embed(h))
    h = first(h)
    for layer in rest:
        h = layer(drop(keras.layers.Activation("tanh", dtype=dtype)(h)))

    arguments = {
        "context": context,
        "input_kind": input,
        "embedding": embedding,
        "hidden": list(hidden),
        "dropout": dropout,
        "seed": seed,
        "trainable_embedding": trainable_embedding,
    }
    parts = {"window": window, "first": first, "rest": rest, "drop": drop}
    parts |= {} if embed is None else {"embed": embed}
    return described(name, ids, h, tokens, arguments, parts, dtype)


def trigram(tokens: Tokens, **options: Any) -> CausalLM:
    """Build the network that predicts a token from the last two, as `ngram` does."""
    return ngram(tokens, context=2, **{"name": "trigram", **options})


def described(
    name: str,
    ids: Any,
    logits: Any,
    tokens: Tokens,
    arguments: dict[str, Any],
    parts: dict[str, Any],
    dtype: str | None,
) -> CausalLM:
    """Make the model of its ends, and let it know how it was built."""
    known = {"vocabulary_size": size_of(tokens), **arguments, "dtype": _policy(dtype)}
    rule = last_tokens(arguments["context"])
    window = Architecture("window", known, parts, rule)
    network = keras.Model(ids, logits, name=name)
    return CausalLM(network, encoder_of(tokens), window)


@builds("window")
def _from_file(config: dict[str, Any]) -> CausalLM:
    given = {"input": config["input_kind"], **config}
    names = inspect.signature(ngram).parameters.keys() & given.keys()
    return ngram(config["vocabulary_size"], **{name: given[name] for name in names})


def _policy(dtype: str | None) -> str:
    return str(keras.dtype_policies.get(dtype).name)


def _layers(
    kind: str, widths: Sequence[int], vocabulary_size: int, dtype: str | None
) -> list[Any]:
    """Give the layer that reads the window, and the dense ones after it."""
    if kind == "embedding":
        first: Any = Dense(widths[0], dtype=dtype)
    else:
        product = OneHotDense if kind == "one-hot" else MultiHotDense
        first = product(widths[0], vocabulary_size, dtype=dtype)
    return [first, *(Dense(width, dtype=dtype) for width in widths[1:])]


def _check(
    context: int, kind: str, embedding: int, hidden: Sequence[int], dropout: float
) -> None:
    if context > LONGEST:
        raise UsageError(f"context must be {LONGEST} or less; received {context}")
    if kind not in INPUTS:
        raise UsageError(f"input must be one of {', '.join(INPUTS)}; received {kind!r}")
    check_sizes(embedding=embedding)
    for width in hidden:
        check_sizes(hidden=width)
    check_rate("dropout", dropout)
