"""A small transformer as a causal language model."""

import inspect
from typing import Any

import keras

from keraslm.errors import UsageError
from keraslm.inference.network import attended
from keraslm.layers import Dropout, TransformerBlock
from keraslm.layers.dense import Dense
from keraslm.layers.dropout import check_rate
from keraslm.layers.tied_embedding import TiedEmbedding
from keraslm.models.architecture import Architecture, builds
from keraslm.models.causal_lm import CausalLM
from keraslm.models.sizes import Tokens, check_sizes, encoder_of, size_of

MOST_LAYERS = 64
LONGEST = 8192  # positions that one attends to


def transformer(
    tokens: Tokens,
    *,
    layers: int = 4,
    heads: int = 4,
    units: int = 128,
    context: int = 64,
    dropout: float = 0.0,
    tied: bool = False,
    seed: int | None = None,
    embeddings_initializer: Any = None,
    trainable_embedding: bool = True,
    name: str = "transformer",
    dtype: str | None = None,
) -> CausalLM:
    """Embed each token, read it with blocks of attention, predict the next.

    Math:   h^0_t = E[x_t];   h^l = block(h^{l-1}), see `keraslm.layers`;
            logits_t = norm(h^L_t) O + b;   tied: O = E^T
    Each block starts as the identity.
    Each block attends to the last `context` positions, with rotary positions, in
    training too. The state is the last context - 1 keys and values of each block: it is
    carried over `keraslm.Windows` as that of a recurrent network, and a text that is
    read token by token gives what reading it at once gives, at every length. By way of
    the blocks below, a prediction sees layers (context - 1) + 1 tokens.
    Without `trainable_embedding`, E stays as it is; it starts from N(0, 1), tied from
    N(0, 1 / units), or as `embeddings_initializer` says.

    Shapes: ids (batch, time) -> logits (batch, time, vocabulary)
    Raises: UsageError for a size below 1, or units that are no multiple of twice the
            heads.
    References: Vaswani et al. (2017); Radford et al. (2018), the decoder alone; Dai et
            al. (2019), keys and values carried from window to window; Su et al. (2021),
            rotary positions.
    """
    size = size_of(tokens)
    _check(layers, heads, units, context, dropout)
    # vectors of length 1 where they also predict, else entries of size 1
    spread = units**-0.5 if tied else 1.0
    start = embeddings_initializer or keras.initializers.RandomNormal(0.0, spread)
    made: Any = TiedEmbedding if tied else keras.layers.Embedding
    embed = made(
        size,
        units,
        embeddings_initializer=start,
        trainable=trainable_embedding,
        dtype=dtype,
    )
    blocks = [
        TransformerBlock(
            heads,
            context,
            dropout=dropout,
            output_initializer="zeros",
            seed=None if seed is None else seed + 1 + number,
            dtype=dtype,
        )
        for number in range(layers)
    ]
    drop = Dropout(dropout, seed=seed, dtype=dtype)
    norm = keras.layers.RMSNormalization(dtype=dtype)
    predict = None if tied else Dense(size, dtype=dtype)

    ids = keras.Input((None,), dtype="int32", name="ids")
    h = drop(embed(ids))  # (batch, time, units)
    for block in blocks:
        h = block(h)
    h = norm(h)
    logits = embed(h, reverse=True) if predict is None else predict(h)

    arguments = {
        "vocabulary_size": size,
        "layers": layers,
        "heads": heads,
        "units": units,
        "context": context,
        "dropout": dropout,
        "tied": tied,
        "seed": seed,
        "trainable_embedding": trainable_embedding,
        "dtype": str(embed.dtype_policy.name),
    }
    parts = {"embed": embed, "blocks": blocks, "drop": drop, "last_norm": norm}
    parts |= {} if predict is None else {"predict_next": predict}
    rule, reach = attended(layers, context), layers * (context - 1)
    known = Architecture("transformer", arguments, parts, rule, reach)
    return CausalLM(keras.Model(ids, logits, name=name), encoder_of(tokens), known)


@builds("transformer")
def _from_file(config: dict[str, Any]) -> CausalLM:
    names = inspect.signature(transformer).parameters.keys() & config.keys()
    return transformer(config["vocabulary_size"], **{n: config[n] for n in names})


def _check(layers: int, heads: int, units: int, context: int, dropout: float) -> None:
    check_sizes(layers=layers, heads=heads, units=units, context=context)
    for name, value, most in (
        ("layers", layers, MOST_LAYERS),
        ("context", context, LONGEST),
    ):
        if value > most:
            raise UsageError(f"{name} must be {most} or less; received {value}")
    if units % (2 * heads):
        raise UsageError(
            f"units must be a multiple of twice the heads; received {units} units and "
            f"{heads} heads"
        )
    check_rate("dropout", dropout)
