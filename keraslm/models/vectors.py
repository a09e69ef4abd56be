"""The vectors that a model has for its tokens."""

import numpy as np

from keraslm.errors import UsageError
from keraslm.language_model import LanguageModel
from keraslm.models.language_model import KerasLanguageModel
from keraslm.models.maxent import MaxEntModel
from keraslm.models.window import WindowModel
from keraslm.vectors.word_vectors import WordVectors


def vectors_of(model: LanguageModel) -> WordVectors:
    """Give the rows of a model's embedding; without one, of its first layer's W.

    A one-hot vector times W is a row of W, which so is the token's vector. With a
    context of several tokens, W has a block for each place; the last place's is taken.

    Shapes: a vector (embedding,) or (units,)
    Raises: UsageError for a model of counts, or of features alone.
    """
    if not isinstance(model, KerasLanguageModel):
        raise UsageError(
            f"{model.name} is no neural model and has no vectors; train one, or give a "
            "file of vectors"
        )
    return WordVectors(model.encoder.vocabulary.tokens, _table(model))


def _table(model: KerasLanguageModel) -> np.ndarray:
    network = model.keras_model
    if isinstance(network, MaxEntModel):
        raise UsageError(
            f"{model.name} weighs n-grams and has no vectors of words; give another "
            "model, or a file of vectors"
        )
    if isinstance(network, WindowModel) and network.embed is None:
        kernel = network.first.get_weights()[0]
        return kernel[-network.vocabulary_size :]
    table: np.ndarray = network.embed.get_weights()[0]
    return table
