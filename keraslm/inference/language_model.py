"""A trained network and its vocabulary, asked as a language model without Keras."""

import functools
import os
from collections.abc import Callable
from typing import Any

import numpy as np

from keraslm.errors import UsageError
from keraslm.inference.network import Network
from keraslm.inference.scoring import log_probabilities, seconds_to_score
from keraslm.inference.stream import NetworkStream, NetworkStreams
from keraslm.language_model import LanguageModel
from keraslm.sampling.stream import TokenStream
from keraslm.sampling.together import TokenStreams
from keraslm.text.encoder import TextEncoder

LONG = 4.0  # seconds of reading on NumPy, after which starting a back end pays


class NetworkLanguageModel(LanguageModel):
    """A neural model of keraslm's own: a window, maxent, rnn, gru or lstm.

    `as_keras` gives the same model on Keras. It is called where a back end is faster,
    or where the Keras model is asked for.
    """

    def __init__(
        self,
        network: Network,
        encoder: TextEncoder,
        name: str,
        metadata: dict[str, Any],
        parameters: tuple[int, int],
        as_keras: Callable[[], Any],
    ) -> None:
        self._network = network
        self.encoder, self.name, self.metadata = encoder, name, metadata
        self.state_rule = network.state_rule
        self._parameters = parameters
        self._as_keras = as_keras

    @property
    def network(self) -> Network:
        """The network on NumPy, with the weights that it has now."""
        given_out = "keras_model" in vars(self)  # which may have been trained on
        return self._as_keras().network if given_out else self._network

    @functools.cached_property
    def keras_model(self) -> Any:
        """The Keras model, made when it is first asked for."""
        return self._as_keras().keras_model

    @property
    def parameters(self) -> int:
        """The number of trained weights."""
        return self._parameters[0]

    @property
    def details(self) -> dict[str, Any]:
        """The weights that were not trained, if there are any."""
        frozen = self._parameters[1]
        return {"frozen_parameters": frozen} if frozen else {}

    def log_probabilities(self, ids: np.ndarray) -> np.ndarray:
        """Predict every token of a stream once, with the longest history.

        Shapes: ids (tokens,) -> (tokens,) float64, in nats
        """
        network = self.network
        if seconds_to_score(network, len(ids)) > LONG:
            try:
                return self._as_keras().log_probabilities(ids)
            except (ImportError, UsageError):  # no back end: it only takes longer
                pass
        return log_probabilities(network, ids, self.vocabulary.boundary_id)

    def stream(self) -> TokenStream:
        """Start a stream at the beginning of a line."""
        return NetworkStream(self.network, self.vocabulary.boundary_id)

    def streams(self, texts: int) -> TokenStreams | None:
        """Start so many streams at once."""
        return NetworkStreams(self.network, texts, self.vocabulary.boundary_id)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model as one Keras archive that also holds its vocabulary."""
        model = self._as_keras()
        model.name, model.metadata = self.name, self.metadata
        model.save(path)
