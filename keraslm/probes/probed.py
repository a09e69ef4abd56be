"""What is probed: a recurrent network, and the ids it reads and predicts."""

from typing import Any

import numpy as np

from keraslm.errors import CorpusError, UsageError
from keraslm.inference.language_model import NetworkLanguageModel
from keraslm.models.adopted import AdoptedModel
from keraslm.models.causal_lm import CausalLM
from keraslm.probes.network import ProbedNetwork
from keraslm.text.corpus import Text
from keraslm.text.encoder import TextEncoder
from keraslm.text.vocabulary import Vocabulary

WANTED = "a probe looks into recurrent layers whose state is carried"


def network_of(model: Any) -> ProbedNetwork:
    """Give the network of a language model, or of its Keras model.

    Raises: UsageError, saying why, if it cannot be probed.
    """
    model = model.keras_model if isinstance(model, NetworkLanguageModel) else model
    if not isinstance(model, CausalLM | AdoptedModel):
        raise UsageError(
            f"{WANTED}; received a {type(model).__name__}: make it a model of keraslm "
            "by keraslm.CausalLM(network, tokens)"
        )
    network = ProbedNetwork(model, getattr(model, "network", model))
    reads_again = getattr(model, "context", None)
    if not network.layers or reads_again:
        raise UsageError(f"{WANTED}; {model.title} sees {model.state_rule}")
    return network


def network_without_features(model: Any) -> ProbedNetwork:
    """Give the network as `network_of`, if its states alone make its logits.

    Raises: UsageError if it cannot be probed, or also reads its last tokens.
    """
    network = network_of(model)
    if network.reads_back:
        raise UsageError(
            "this probe differentiates what the states predict; the model also reads "
            "its last tokens by another layer: train one without `direct_order` and "
            "`input_order`"
        )
    return network


def encoder_of(model: Any) -> TextEncoder | None:
    """Give the TextEncoder of a language model, or of its Keras model; None if none."""
    is_keras = isinstance(model, CausalLM | AdoptedModel)
    found: TextEncoder | None = model.tokens if is_keras else model.encoder
    return found


def tokens_of(model: Any, ids: np.ndarray) -> tuple[str, ...]:
    """Give the tokens of ids; the ids themselves, without a vocabulary."""
    encoder = encoder_of(model)
    token = str if encoder is None else encoder.vocabulary.token
    return tuple(token(i) for i in ids.tolist())


def ids_of(model: Any, text: Any) -> np.ndarray:
    """Give the ids of a text, which may also be given as ids.

    Shapes: (tokens,)
    Raises: UsageError for a text without a vocabulary to read it, or ids that the model
        does not predict; CorpusError for a text without tokens.
    """
    size = network_of(model).vocabulary_size
    ids = np.asarray(_encoded(model, text), np.int32)
    if not ids.size:
        raise CorpusError("a text to probe needs at least one token; received 0")
    if ids.ndim > 1:
        raise UsageError(f"a text is one row of ids; received the shape {ids.shape}")
    if ids.min() < 0 or ids.max() >= size:
        raise UsageError(
            f"ids must lie from 0 to {size - 1}; received {ids.min()} to {ids.max()}"
        )
    return ids


def _encoded(model: Any, text: Any) -> Any:
    if not isinstance(text, (str, Text)):
        return text
    encoder = encoder_of(model)
    if encoder is None:
        raise UsageError(
            f"a {type(model).__name__} has no vocabulary to read a text; give it ids"
        )
    return encoder.encode(text)


def inputs_of(ids: np.ndarray) -> np.ndarray:
    """Give what is read while `ids` are predicted: the boundary, then all but the last.

    Shapes: (tokens,) -> (tokens,)
    """
    return np.concatenate([[Vocabulary.boundary_id], ids[:-1]]).astype(np.int32)
