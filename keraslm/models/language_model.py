"""A Keras model and its vocabulary, asked as a language model."""

import functools
import os
import pathlib
from typing import Any

import keras
import numpy as np

from keraslm import archive
from keraslm.errors import ModelFileError
from keraslm.files import write_atomically
from keraslm.generation.stream import TokenStream
from keraslm.generation.together import TokenStreams
from keraslm.language_model import LanguageModel
from keraslm.models.adopted import AdoptedModel
from keraslm.models.causal import CausalModel
from keraslm.models.maxent import MaxEntModel
from keraslm.models.recurrent import RecurrentModel
from keraslm.models.scorer import StreamScorer
from keraslm.models.stepping import SteppedStream, Stepper
from keraslm.models.stored import read_network
from keraslm.models.streams import RecurrentStreams, new_stream
from keraslm.models.window import WindowModel
from keraslm.models.writing_loop import WritingLoop
from keraslm.text.encoder import TextEncoder


class KerasLanguageModel(LanguageModel):
    """A neural model: a window, maxent, rnn, gru, lstm, or an adopted network."""

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
        self.state_rule = _state_rule(keras_model)
        self._scorer = StreamScorer(keras_model)
        is_adopted = isinstance(keras_model, AdoptedModel)
        self._stepper = Stepper(keras_model) if is_adopted else None

    @property
    def parameters(self) -> int:
        """The number of trained weights."""
        return sum(int(np.prod(w.shape)) for w in self.keras_model.trainable_weights)

    @property
    def details(self) -> dict[str, Any]:
        """The weights that were not trained, if there are any."""
        frozen = int(self.keras_model.count_params()) - self.parameters
        return {"frozen_parameters": frozen} if frozen else {}

    def log_probabilities(self, ids: np.ndarray) -> np.ndarray:
        """Predict every token of a stream once, with the longest history.

        Shapes: ids (tokens,) -> (tokens,) float64, in nats
        """
        boundary_id = self.encoder.vocabulary.boundary_id
        return self._scorer.log_probabilities(ids, boundary_id)

    def stream(self) -> TokenStream:
        """Start a stream at the beginning of a line."""
        boundary_id = self.encoder.vocabulary.boundary_id
        if self._stepper is not None:
            return SteppedStream(self._stepper, boundary_id)
        return new_stream(self.keras_model, boundary_id)

    def streams(self, texts: int) -> TokenStreams | None:
        """Start so many streams at once; recurrent models can."""
        if not isinstance(self.keras_model, RecurrentModel):
            return None
        return RecurrentStreams(self._loop, texts, self.encoder.vocabulary.boundary_id)

    @functools.cached_property
    def _loop(self) -> WritingLoop:
        return WritingLoop(self.keras_model, self.encoder.vocabulary.unknown_id)

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
                _check_opens(temporary, path)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "KerasLanguageModel":
        """Open a model file; nothing in it is executed.

        Raises: UsageError if there is none; ModelFileError if it is damaged or foreign.
        """
        file = archive.model_path(path)
        description = archive.read_description(file)
        if description["kind"] != "keras":
            raise ModelFileError(
                f"{file} holds a model of {description['kind']}, not a network; "
                "open it with keraslm.load"
            )
        encoder = TextEncoder.from_dict(description["encoder"])
        network = read_network(file, len(encoder.vocabulary))
        return cls(network, encoder, description["name"], description["metadata"])


def _check_opens(written: pathlib.Path, path: str | os.PathLike[str]) -> None:
    """See that what was written under a temporary name opens.

    Raises: ModelFileError
    """
    try:
        KerasLanguageModel.load(written)
    except ModelFileError as error:
        reason = str(error).replace(str(written), "it")
        raise ModelFileError(
            f"{path} is not written, since it could not be opened again: {reason}"
        ) from error


def _state_rule(model: CausalModel) -> str:
    if isinstance(model, AdoptedModel):
        return model.state_rule
    if isinstance(model, WindowModel):
        return _last(model.context)
    if isinstance(model, MaxEntModel):
        return _last(model.direct.reach + 1)
    if isinstance(model, RecurrentModel):
        return "state carried from the first token to the last, across line ends"
    return "the whole history"


def _last(tokens: int) -> str:
    words = "token" if tokens == 1 else "tokens"
    return f"the last {tokens} {words}, across line ends"
