"""SimpleRNN, GRU and LSTM language models."""

import inspect
from typing import Any

import keras

from keraslm.cells import registry
from keraslm.cells.stack import hand_on
from keraslm.errors import UsageError
from keraslm.layers import (
    GRU,
    LSTM,
    Dropout,
    DropWords,
    NgramEmbedding,
    Recurrent,
    SimpleRNN,
)
from keraslm.layers.dense import Dense
from keraslm.layers.dropout import check_rate
from keraslm.layers.tied_embedding import TiedEmbedding
from keraslm.models.architecture import Architecture, builds
from keraslm.models.causal import CARRIED
from keraslm.models.causal_lm import CausalLM
from keraslm.models.sizes import Tokens, check_sizes, encoder_of, size_of
from keraslm.models.softmaxes import from_config, new_features, new_softmax, to_config

MOST_LAYERS = 64
LAYERS = {"rnn": SimpleRNN, "gru": GRU, "lstm": LSTM}


def rnn(tokens: Tokens, **options: Any) -> CausalLM:
    """Build a language model of SimpleRNN layers, as `recurrent` says.

    Math:   h_t = tanh(x_t W + h_{t-1} U + b)
    References: Mikolov et al. (2010).
    """
    return recurrent(tokens, "rnn", **options)


def gru(tokens: Tokens, **options: Any) -> CausalLM:
    """Build a language model of GRU layers, as `recurrent` says.

    References: Cho et al. (2014); the equations are in `keraslm.cells.GRU`.
    """
    return recurrent(tokens, "gru", **options)


def lstm(tokens: Tokens, **options: Any) -> CausalLM:
    """Build a language model of LSTM layers, as `recurrent` says.

    References: Hochreiter & Schmidhuber (1997); the equations are in
            `keraslm.cells.LSTM`.
    """
    return recurrent(tokens, "lstm", **options)


def recurrent(
    tokens: Tokens,
    cell: str,
    *,
    embedding: int = 64,
    units: int = 256,
    layers: int = 1,
    dropout: float = 0.0,
    embedding_dropout: float = 0.0,
    weight_drop: float = 0.0,
    tied: bool = False,
    softmax: Any = None,
    residual: bool = False,
    activation: str = "tanh",
    direct_order: int | None = None,
    skip: int = 0,
    bits: int = 22,
    input_order: int | None = None,
    input_bits: int = 13,
    input_dropout: float = 0.0,
    embeddings_initializer: Any = None,
    trainable_embedding: bool = True,
    seed: int | None = None,
    name: str | None = None,
    dtype: str | None = None,
) -> CausalLM:
    """Embed each token, read it with a stack of recurrent layers, predict the next.

    Math:   e_t = E[x_t];   h^l_t = cell^l(h^{l-1}_t, h^l_{t-1}),   h^0_t = e_t
            logits_t = h^L_t O + b, or the log-probabilities of `softmax`
            tied: O = E^T, after a projection of h^L_t to the embedding's width where
            the two differ
            residual: h^l_t is added to h^{l-1}_t where they have the same width
            direct_order n: a maximum-entropy model beside it, see `maxent`
            input_order n: the vectors of the last 2 .. n tokens together are added to
            e_t, see `NgramEmbedding`, with `input_bits` and `input_dropout`
    `softmax` is "full" (None), "adaptive", "classes", or such a layer. In training,
    `dropout` is the share of the units dropped between layers, `embedding_dropout` that
    of the words whose vectors are dropped everywhere in a window, `weight_drop` that of
    the recurrent weights. Without `trainable_embedding`, E stays as it is; it starts
    from N(0, 1), tied from N(0, 1 / embedding), or as `embeddings_initializer` says.

    Shapes: ids (batch, time) -> logits (batch, time, vocabulary)
    Raises: UsageError for an unknown cell, a size below 1, or tied weights with a
            softmax that has vectors of its own.
    References: Mikolov et al. (2010); Zaremba, Sutskever & Vinyals (2014), dropout
            between the layers only; Gal & Ghahramani (2016), one mask for all steps,
            and dropped words; Merity, Keskar & Socher (2018), dropped weights;
            Press & Wolf (2017), tied weights; Mikolov et al. (2011), direct features.
    """
    size = size_of(tokens)
    _check(cell, activation, layers, units, embedding, dropout, embedding_dropout)
    softmax = new_softmax(softmax, tokens)
    if tied and softmax is not None:
        raise UsageError(
            "tied weights need one vector of the embedding's width for every word; "
            f"{type(softmax).__name__} has vectors of its own: leave one out"
        )
    # vectors of length 1 where they also predict, else entries of size 1
    spread = embedding**-0.5 if tied else 1.0
    start = embeddings_initializer or keras.initializers.RandomNormal(0.0, spread)
    made: Any = TiedEmbedding if tied else keras.layers.Embedding
    embed = made(
        size,
        embedding,
        embeddings_initializer=start,
        trainable=trainable_embedding,
        dtype=dtype,
    )
    stack = [
        _layer(cell, units, activation, weight_drop, seed, number, dtype)
        for number in range(layers)
    ]
    drop_words = DropWords(embedding_dropout, size, seed=seed, dtype=dtype)
    drop = Dropout(dropout, same_steps=True, seed=seed, dtype=dtype)
    narrow = tied and units != embedding
    project = Dense(embedding, use_bias=False, dtype=dtype) if narrow else None
    predict: Any = softmax or (None if tied else Dense(size, dtype=dtype))

    ids = keras.Input((None,), dtype="int32", name="ids")
    h = embed(ids)  # (batch, time, embedding)
    ngrams = None
    if input_order is not None:
        given = (input_order, embedding, input_bits, input_dropout, seed)
        ngrams = NgramEmbedding(*given, dtype=dtype)
        h = h + ngrams(ids)
    h = drop(drop_words(ids, h) if embedding_dropout else h)
    for layer in stack:
        h = hand_on(h, drop(layer(h)), residual)  # (batch, time, units)
    h = h if project is None else project(h)
    direct = None
    if direct_order is not None:
        direct = new_features(size, softmax, direct_order, skip, bits, dtype)
    if softmax is not None:
        logits = softmax(h) if direct is None else softmax(h, direct(ids))
    else:
        logits = embed(h, reverse=True) if tied else predict(h)
        logits = logits if direct is None else logits + direct(ids)

    arguments = {
        "vocabulary_size": size,
        "cell": cell,
        "embedding": embedding,
        "units": units,
        "layers": layers,
        "dropout": dropout,
        "embedding_dropout": embedding_dropout,
        "weight_drop": weight_drop,
        "tied": tied,
        "softmax": to_config(softmax),
        "residual": residual,
        "activation": activation,
        "direct_order": direct_order,
        "skip": skip,
        "bits": bits,
        "input_order": input_order,
        "input_bits": input_bits,
        "input_dropout": input_dropout,
        "seed": seed,
        "trainable_embedding": trainable_embedding,
        "dtype": str(embed.dtype_policy.name),
    }
    parts = {
        "embed": embed,
        "recurrent": stack,
        "drop": drop,
        "drop_words": drop_words,
        "project": project,
        "predict_next": predict,
        "direct": direct,
        "ngrams": ngrams,
    }
    parts = {part: layer for part, layer in parts.items() if layer is not None}
    known = Architecture("recurrent", arguments, parts, CARRIED)
    network = keras.Model(ids, logits, name=name or cell)
    return CausalLM(network, encoder_of(tokens), known)


@builds("recurrent")
def _from_file(config: dict[str, Any]) -> CausalLM:
    given = {**config, "softmax": from_config(config.get("softmax"))}
    names = inspect.signature(recurrent).parameters.keys() & given.keys()
    return recurrent(config["vocabulary_size"], **{n: given[n] for n in names})


def _layer(
    cell: str,
    units: int,
    activation: str,
    weight_drop: float,
    seed: int | None,
    number: int,
    dtype: str | None,
) -> Any:
    seed = None if seed is None else seed + number
    given: dict[str, Any] = {"weight_drop": weight_drop, "seed": seed, "dtype": dtype}
    if cell not in LAYERS:
        return Recurrent(registry.new_cell(cell, units=units), **given)
    if cell == "rnn":
        given["activation"] = activation
    return LAYERS[cell](units, **given)


def _check(
    cell: str,
    activation: str,
    layers: int,
    units: int,
    embedding: int,
    dropout: float,
    embedding_dropout: float,
) -> None:
    if cell not in registry.names():
        registry.new_cell(cell)  # refuses it
    if activation != "tanh" and cell != "rnn":
        raise UsageError(
            f"activation {activation!r} is for the cell rnn; {cell} has its own gates"
        )
    check_sizes(layers=layers, embedding=embedding, units=units)
    if layers > MOST_LAYERS:
        raise UsageError(f"layers must be {MOST_LAYERS} or less; received {layers}")
    check_rate("dropout", dropout)
    check_rate("embedding_dropout", embedding_dropout)
