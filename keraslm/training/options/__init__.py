"""The options of a training run: one table, and what comes from it."""

from keraslm.training.options.configuration import (
    GROUPS,
    OPTIONS,
    UNSET,
    WORDS_KEPT,
    Configuration,
)
from keraslm.training.options.contradictions import OWN_VECTORS
from keraslm.training.options.models import ATTENDING, MODELS, RECURRENT, STATEFUL
from keraslm.training.options.resolving import resolve
from keraslm.training.options.toml import read_toml, to_toml

__all__ = [
    "ATTENDING",
    "GROUPS",
    "MODELS",
    "OPTIONS",
    "OWN_VECTORS",
    "RECURRENT",
    "STATEFUL",
    "UNSET",
    "WORDS_KEPT",
    "Configuration",
    "read_toml",
    "resolve",
    "to_toml",
]
