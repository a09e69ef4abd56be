"""The model classes of version 1's files, which plain Keras asks for by name."""

from typing import Any

import keras

from keraslm.inference.arguments import EARLIER
from keraslm.models.architecture import Architecture
from keraslm.models.causal_lm import CausalLM


class _Earlier(CausalLM):
    """A class that became a builder: what its files describe is built by that.

    Keras stores weights by the attributes they are reached through, which are the
    builders' parts under the same names.
    """

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """Build the model of such arguments."""
        return Architecture.build({**config, "kind": EARLIER[cls.__name__]})


@keras.saving.register_keras_serializable("keraslm")
class RecurrentModel(_Earlier):
    """Built by `keraslm.models.recurrent`."""


@keras.saving.register_keras_serializable("keraslm")
class WindowModel(_Earlier):
    """Built by `keraslm.models.ngram`."""


@keras.saving.register_keras_serializable("keraslm")
class MaxEntModel(_Earlier):
    """Built by `keraslm.models.maxent`."""
