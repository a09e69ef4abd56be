"""The vectors that a model has for its tokens."""

import numpy as np

from keraslm.errors import UsageError
from keraslm.inference.language_model import NetworkLanguageModel
from keraslm.inference.maxent import MaxEntNetwork
from keraslm.inference.recurrent import RecurrentNetwork
from keraslm.inference.transformer import TransformerNetwork
from keraslm.inference.window import WindowNetwork
from keraslm.language_model import LanguageModel
from keraslm.vectors.word_vectors import WordVectors


def vectors_of(model: LanguageModel) -> WordVectors:
    """Give the rows of a model's embedding; without one, of its first layer's W.

    A one-hot vector times W is a row of W, which so is the token's vector. With a
    context of several tokens, W has a block for each place; the last place's is taken.

    Shapes: a vector (embedding,) or (units,)
    Raises: UsageError for a model of counts, or of features alone.
    """
    if not isinstance(model, NetworkLanguageModel):
        raise UsageError(
            f"{model.name} is no neural model and has no vectors; train one, or give a "
            "file of vectors"
        )
    return WordVectors(model.encoder.vocabulary.tokens, _table(model))


def _table(model: NetworkLanguageModel) -> np.ndarray:
    network = model.network
    if isinstance(network, MaxEntNetwork):
        raise UsageError(
            f"{model.name} weighs n-grams and has no vectors of words; give another "
            "model, or a file of vectors"
        )
    if isinstance(network, WindowNetwork) and network.embedding is None:
        kernel, _ = network.layers[0]
        return kernel[-network.vocabulary_size :]
    if isinstance(network, RecurrentNetwork | TransformerNetwork | WindowNetwork):
        return network.embedding  # type: ignore[return-value]
    raise UsageError(f"{model.name} was adopted; its vectors stay in its Keras model")
