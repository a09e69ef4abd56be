"""A Keras model and its vocabulary, asked as a language model."""

import functools
import os
import pathlib
from typing import Any

import keras
import numpy as np

from keraslm.errors import ModelFileError
from keraslm.files import archive
from keraslm.files.writing import write_atomically
from keraslm.inference.language_model import NetworkLanguageModel
from keraslm.inference.network import Network
from keraslm.models.adopted import AdoptedModel
from keraslm.models.causal import CausalModel
from keraslm.models.named_variables import to_numpy
from keraslm.models.scorer import StreamScorer
from keraslm.models.stepping import SteppedStream, Stepper
from keraslm.models.stored import read_adopted
from keraslm.sampling.stream import TokenStream
from keraslm.sampling.together import TokenStreams
from keraslm.text.encoder import TextEncoder


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
        self.keras_model = keras_model
        self.encoder = encoder
        self.name = name
        self.metadata = metadata if metadata is not None else {}
        is_adopted = isinstance(keras_model, AdoptedModel)
        self._stepper = Stepper(keras_model) if is_adopted else None
        self.state_rule = keras_model.state_rule

    @property
    def network(self) -> Network:
        """The network on NumPy, with the present weights."""
        return to_numpy(self.keras_model)

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
        return self._scorer.log_probabilities(ids, self.vocabulary.boundary_id)

    def stream(self) -> TokenStream:
        """Start a stream at the beginning of a line."""
        if self._stepper is not None:
            return SteppedStream(self._stepper, self.vocabulary.boundary_id)
        return super().stream()

    def streams(self, texts: int) -> TokenStreams | None:
        """Start so many streams at once; an adopted network has no quicker way."""
        return super().streams(texts) if self._stepper is None else None

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model as one Keras archive that also holds its vocabulary.

        Raises: ModelFileError if a stranger's network, once written, does not open.
        """
        description = {
            "kind": "keras",
            "name": self.name,
            "encoder": self.encoder.to_dict(),
            "metadata": self.metadata,
        }
        with write_atomically(path) as temporary:
            keras.saving.save_model(self.keras_model, temporary)
            members = {archive.DESCRIPTION: archive.describe(description)}
            archive.append_members(temporary, members)
            if isinstance(self.keras_model, AdoptedModel):
                self._check_opens(temporary, path)

    def _check_opens(self, written: pathlib.Path, path: str | os.PathLike[str]) -> None:
        """See that what was written under a temporary name opens.

        Raises: ModelFileError
        """
        try:
            kind = type(self.keras_model).__name__
            read_adopted(written, kind, len(self.vocabulary))
        except ModelFileError as error:
            reason = str(error).replace(str(written), "it")
            raise ModelFileError(
                f"{path} is not written, since it could not be opened again: {reason}"
            ) from error
