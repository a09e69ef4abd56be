"""What is probed: a recurrent network, and the ids it reads and predicts."""

from typing import Any

import numpy as np

from keraslm.errors import CorpusError, UsageError
from keraslm.inference.language_model import NetworkLanguageModel
from keraslm.models import RecurrentModel
from keraslm.text.corpus import Text
from keraslm.text.vocabulary import Vocabulary


def network_of(model: Any) -> RecurrentModel:
    """Give the Keras model of a language model, or the Keras model itself.

    Raises: UsageError if it is not recurrent.
    """
    network = model.keras_model if isinstance(model, NetworkLanguageModel) else model
    if not isinstance(network, RecurrentModel):
        raise UsageError(
            "a probe looks into a recurrent model: rnn, gru or lstm; received a "
            f"{type(network).__name__}"
        )
    if not network.built:
        network.build_weights()
    return network


def network_without_features(model: Any) -> RecurrentModel:
    """Give the network as `network_of`, if its states alone make its logits.

    Raises: UsageError if it is not recurrent, or has direct features.
    """
    network = network_of(model)
    if network.direct is not None:
        raise UsageError(
            "this probe differentiates what the states predict; the model adds direct "
            "features of its last tokens: train one without `direct_order`"
        )
    return network


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
    if not isinstance(model, NetworkLanguageModel):
        raise UsageError(
            f"a {type(model).__name__} has no vocabulary to read a text; give it ids"
        )
    return model.encoder.encode(text)


def inputs_of(ids: np.ndarray) -> np.ndarray:
    """Give what is read while `ids` are predicted: the boundary, then all but the last.

    Shapes: (tokens,) -> (tokens,)
    """
    return np.concatenate([[Vocabulary.boundary_id], ids[:-1]]).astype(np.int32)
