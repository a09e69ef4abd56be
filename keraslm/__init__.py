"""keraslm: language models from counts to LSTMs, with numbers one can trust."""

import importlib
from typing import TYPE_CHECKING, Any

from keraslm import named_texts
from keraslm.quiet import quieten_tensorflow
from keraslm.registration import register_with_keras
from keraslm.version import __version__

if TYPE_CHECKING:
    from keraslm.language_model import LanguageModel
    from keraslm.mixture import Mixture
    from keraslm.models.causal_lm import CausalLM
    from keraslm.opening import load
    from keraslm.text.corpus import open_corpus
    from keraslm.text.encoder import TextEncoder
    from keraslm.windows import Windows

__all__ = [
    "CausalLM",
    "LanguageModel",
    "Mixture",
    "TextEncoder",
    "Windows",
    "__version__",
    "load",
    "open_corpus",
]

quieten_tensorflow()
register_with_keras()


def _catalogue() -> named_texts.Catalogue:
    from keraslm_datasets import names

    return names


named_texts.ask(_catalogue)


_NAMES = {
    "CausalLM": "keraslm.models.causal_lm",
    "LanguageModel": "keraslm.language_model",
    "Mixture": "keraslm.mixture",
    "TextEncoder": "keraslm.text.encoder",
    "Windows": "keraslm.windows",
    "load": "keraslm.opening",
    "open_corpus": "keraslm.text.corpus",
}
_ROOMS = {
    "callbacks": "keraslm.callbacks",
    "cells": "keraslm.cells",
    "datasets": "keraslm_datasets",
    "initializers": "keraslm.initializers",
    "layers": "keraslm.layers",
    "losses": "keraslm.losses",
    "metrics": "keraslm.metrics",
    "masked": "keraslm.masked",
    "models": "keraslm.models",
    "probes": "keraslm.probes",
    "tasks": "keraslm.tasks",
    "text": "keraslm.text",
    "training": "keraslm.training",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for, so that importing is quick."""
    if name in _NAMES:
        return getattr(importlib.import_module(_NAMES[name]), name)
    if name in _ROOMS:
        return importlib.import_module(_ROOMS[name])
    raise AttributeError(f"module 'keraslm' has no attribute {name!r}")
