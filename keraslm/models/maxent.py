"""The maximum-entropy language model."""

from typing import Any

import keras
from keras import ops

from keraslm.inference.network import last_tokens
from keraslm.layers import Bias
from keraslm.models.architecture import Architecture, builds
from keraslm.models.causal_lm import CausalLM
from keraslm.models.sizes import Tokens, encoder_of, size_of
from keraslm.models.softmaxes import from_config, new_features, new_softmax, to_config


def maxent(
    tokens: Tokens,
    *,
    order: int = 3,
    skip: int = 0,
    bits: int = 22,
    softmax: Any = None,
    name: str = "maxent",
    dtype: str | None = None,
) -> CausalLM:
    """Build the model that predicts by weights of the n-grams that a token completes.

    Math:   logits_t[w] = b[w] + sum over the histories h of t of D[b(h) + w]
            P(w | h) = exp(logits_t[w]) / Z_t, or by the classes of `softmax`
    The histories are the last 1 .. order - 1 tokens, and those that leave out the
    newest 1 .. skip; see `DirectFeatures`. Of all distributions that give each feature
    its mean in the training text, the one with the highest entropy has this form, where
    no two features share a weight. The state is the last ids.

    Shapes: ids (batch, time) -> logits (batch, time, vocabulary)
    Raises: UsageError as `DirectFeatures`.
    References: Berger, Della Pietra & Della Pietra (1996); Rosenfeld (1996).
    """
    size = size_of(tokens)
    softmax = new_softmax(softmax, tokens)
    ids = keras.Input((None,), dtype="int32", name="ids")
    direct = new_features(size, softmax, order, skip, bits, dtype)
    scores = direct(ids)  # (batch, time, vocabulary, and classes if there are any)
    parts: dict[str, Any] = {"direct": direct}
    if softmax is None:
        parts["bias"] = Bias(dtype=dtype)
        logits = parts["bias"](scores)
    else:  # the features alone tell: a vector of width 0 stands for a layer's
        nothing = ops.cast(ops.expand_dims(ids, -1), direct.compute_dtype)[..., :0]
        logits = softmax(nothing, scores)
    arguments = {
        "vocabulary_size": size,
        "order": order,
        "skip": skip,
        "bits": bits,
        "softmax": to_config(softmax),
        "dtype": str(direct.dtype_policy.name),
    }
    rule = last_tokens(direct.reach + 1)
    features = Architecture("maxent", arguments, parts, rule)
    return CausalLM(keras.Model(ids, logits, name=name), encoder_of(tokens), features)


@builds("maxent")
def _from_file(config: dict[str, Any]) -> CausalLM:
    names = ("order", "skip", "bits", "name", "dtype")
    given = {name: config[name] for name in names if name in config}
    softmax = from_config(config.get("softmax"))
    return maxent(config["vocabulary_size"], softmax=softmax, **given)
