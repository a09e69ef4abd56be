"""keraslm: language models from counts to LSTMs, with numbers one can trust."""

from typing import TYPE_CHECKING, Any

from keraslm import named_texts
from keraslm.registration import register_with_keras
from keraslm.version import __version__

if TYPE_CHECKING:
    from keraslm.language_model import LanguageModel
    from keraslm.loading import load
    from keraslm.mixture import Mixture

__all__ = ["LanguageModel", "Mixture", "__version__", "load"]

register_with_keras()


def _catalogue() -> named_texts.Catalogue:
    from keraslm_datasets import names

    return names


named_texts.ask(_catalogue)


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for, so that importing is quick."""
    if name == "load":
        from keraslm.loading import load

        return load
    if name == "LanguageModel":
        from keraslm.language_model import LanguageModel

        return LanguageModel
    if name == "Mixture":
        from keraslm.mixture import Mixture

        return Mixture
    raise AttributeError(f"module 'keraslm' has no attribute {name!r}")
