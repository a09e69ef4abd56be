"""The future leaks: attention without a causal mask reads what it shall predict."""

import keras

from keraslm.audit.check import Check
from keraslm.course.exercise import Function
from keraslm.course.zoo.bug import Bug
from keraslm.errors import UsageError
from keraslm.models import CausalLM

WORDS = 5


def mistaken() -> keras.Model:
    """Give a network of ids (batch, time) to logits (batch, time, vocabulary)."""
    ids = keras.Input((None,), dtype="int32")
    x = keras.layers.Embedding(WORDS, 8)(ids)
    x = keras.layers.MultiHeadAttention(2, 4)(x, x)
    return keras.Model(ids, keras.layers.Dense(WORDS)(x))


def right() -> keras.Model:
    """Give a network whose tokens see themselves and what came before."""
    ids = keras.Input((None,), dtype="int32")
    x = keras.layers.Embedding(WORDS, 8)(ids)
    x = keras.layers.MultiHeadAttention(2, 4)(x, x, use_causal_mask=True)
    return keras.Model(ids, keras.layers.Dense(WORDS)(x))


def check(program: Function) -> Check:
    """Make it a language model: keraslm changes the last id and looks back."""
    network = program()
    for layer in network.layers:  # the untrained weights are small
        layer.set_weights([10 * w for w in layer.get_weights()])
    refused = 0
    try:
        CausalLM(network)
    except UsageError as error:
        if "looks ahead" not in str(error):
            raise
        refused = 1
    return Check("causal", refused, 0, "networks that look ahead, and are refused")


BUG = Bug(
    name="future leak",
    symptom="the loss is nearly 0 in training and in testing; what is written is noise",
    revealed_by="`keraslm.CausalLM` refuses the network; `audit`, causal",
    seen="keras-team/keras#23038",
    mistaken=mistaken,
    right=right,
    check=check,
)
