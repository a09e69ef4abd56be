"""Models are built of layers: each a page of plain Keras."""

from keraslm.models.bigram import bigram
from keraslm.models.causal import CausalModel
from keraslm.models.language_model import KerasLanguageModel
from keraslm.models.maxent import MaxEntModel
from keraslm.models.recurrent import RecurrentModel
from keraslm.models.window import WindowModel

__all__ = [
    "CausalModel",
    "KerasLanguageModel",
    "MaxEntModel",
    "RecurrentModel",
    "WindowModel",
    "bigram",
]
