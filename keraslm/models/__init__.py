"""Models are built of layers: each a page of plain Keras."""

# Registered with Keras, whose files ask for them by name.
from keraslm.models import legacy as _legacy
from keraslm.models.adopted import AdoptedModel
from keraslm.models.bigram import bigram
from keraslm.models.causal import CausalModel
from keraslm.models.causal_lm import CausalLM
from keraslm.models.language_model import KerasLanguageModel
from keraslm.models.maxent import maxent
from keraslm.models.ngram import ngram, trigram
from keraslm.models.recurrent import gru, lstm, recurrent, rnn
from keraslm.models.transformer import transformer

__all__ = [
    "AdoptedModel",
    "CausalLM",
    "CausalModel",
    "KerasLanguageModel",
    "bigram",
    "gru",
    "lstm",
    "maxent",
    "ngram",
    "recurrent",
    "rnn",
    "transformer",
    "trigram",
]
del _legacy
