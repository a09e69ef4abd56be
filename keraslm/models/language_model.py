"""A Keras model and its vocabulary, asked as a language model."""

import functools
import os
from typing import Any

import numpy as np

from keraslm.errors import ModelFileError
from keraslm.inference.language_model import NetworkLanguageModel
from keraslm.inference.network import Network
from keraslm.inference.scoring import log_probabilities, seconds_to_score
from keraslm.models.causal import CausalModel
from keraslm.models.scorer import StreamScorer
from keraslm.models.stepping import SteppedStream, Stepper
from keraslm.sampling.stream import TokenStream
from keraslm.sampling.together import TokenStreams
from keraslm.text.encoder import TextEncoder

SHORT = 0.3  # seconds of reading on NumPy, below which compiling does not pay


class KerasLanguageModel(NetworkLanguageModel):
    """A neural model on Keras: one that is trained here, or an adopted network.

    Its streams have the weights that the Keras model has when they are started.
    """

    def __init__(
        self,
        keras_model: CausalModel,
        encoder: TextEncoder,
        name: str,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        if keras_model.vocabulary_size != len(encoder.vocabulary):
            raise ModelFileError(
                f"the model predicts {keras_model.vocabulary_size} tokens and its "
                f"vocabulary has {len(encoder.vocabulary)}; they must be equal"
            )
        self.keras_model: Any = keras_model
        self.encoder = encoder
        self.name = name
        self.metadata = metadata if metadata is not None else {}
        self.state_rule = keras_model.state_rule

    @functools.cached_property
    def _stepper(self) -> Stepper:
        return Stepper(self.keras_model)

    @property
    def network(self) -> Network:
        """The network on NumPy, with the present weights."""
        return self.keras_model.to_numpy()

    @property
    def parameters(self) -> int:
        """The number of trained weights."""
        return sum(int(np.prod(w.shape)) for w in self.keras_model.trainable_weights)

    @property
    def details(self) -> dict[str, Any]:
        """The weights that were not trained, if there are any."""
        frozen = int(self.keras_model.count_params()) - self.parameters
        return {"frozen_parameters": frozen} if frozen else {}

    @functools.cached_property
    def _scorer(self) -> StreamScorer:
        return StreamScorer(self.keras_model)

    def log_probabilities(self, ids: np.ndarray) -> np.ndarray:
        """Predict every token of a stream once, with the longest history.

        Shapes: ids (tokens,) -> (tokens,) float64, in nats
        """
        boundary_id = self.vocabulary.boundary_id
        if self.keras_model.has_numpy:
            network = self.network
            if seconds_to_score(network, len(ids)) <= SHORT:
                return log_probabilities(network, ids, boundary_id)
        return self._scorer.log_probabilities(ids, boundary_id)

    def stream(self) -> TokenStream:
        """Start a stream at the beginning of a line."""
        if not self.keras_model.has_numpy:
            return SteppedStream(self._stepper, self.vocabulary.boundary_id)
        return super().stream()

    def streams(self, texts: int) -> TokenStreams | None:
        """Start so many streams at once; only networks of keraslm's own are quicker."""
        return super().streams(texts) if self.keras_model.has_numpy else None

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model as one Keras file that also holds its vocabulary.

        Raises: ModelFileError if, once written, it does not open.
        """
        model = self.keras_model
        model.tokens, model.title = self.encoder, self.name
        model.metadata = self.metadata
        model.save(path, include_optimizer=False)
