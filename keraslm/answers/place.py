"""A place in a text where a model is asked: its tokens so far, and its stream there."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from keraslm.errors import UsageError
from keraslm.inference.rows import next_of_each
from keraslm.language_model import LanguageModel
from keraslm.sampling.prefixes import Prefixes
from keraslm.sampling.stream import TokenStream


class Asked:
    """A model that is asked about texts that begin alike."""

    def __init__(self, model: LanguageModel) -> None:
        self.model, self.encoder = model, model.encoder
        self.vocabulary = model.encoder.vocabulary
        self._prefixes = Prefixes(model.stream)

    def place(self, text: str) -> "Place":
        """Read a text; a token that the model does not know is read as <unk>."""
        ids = self.encoder.encode_prompt(text)
        return Place(self, ids, self.stream(ids), self.encoder.unknown_tokens(text))

    def stream(self, ids: list[int]) -> TokenStream:
        """Give a stream that has read these ids."""
        return self._prefixes.after(ids)

    def piece(self, ids: list[int], token: int) -> str:
        """Give the text that a token adds after others, with its space."""
        return next(self.encoder.continuation(ids, [token]))


@dataclasses.dataclass(frozen=True)
class Place:
    """The end of a text as a model sees it."""

    asked: Asked
    ids: list[int]
    stream: TokenStream
    unknown: list[str]
    """The tokens of the text that the model does not know."""

    def distribution(self) -> np.ndarray | None:
        """Give P(w | text), or None where the model holds the text for impossible.

        Shapes: -> (vocabulary,)
        """
        return distribution(self.stream)


def next_or_nan(streams: Sequence[TokenStream]) -> np.ndarray:
    """Give log P of the next tokens of each stream; NaN where a text is impossible.

    Shapes: -> (streams, vocabulary), in nats
    """
    try:
        return next_of_each(streams)
    except UsageError:
        rows = [distribution(stream) for stream in streams]
    known = [row for row in rows if row is not None]
    lost = np.full_like(known[0], np.nan) if known else np.array([np.nan])
    with np.errstate(divide="ignore"):
        return np.stack([lost if row is None else np.log(row) for row in rows])


def distribution(stream: TokenStream) -> np.ndarray | None:
    """Give P(w | what was read); None where a grammar has no text that begins so."""
    try:
        return np.exp(stream.next_log_probabilities())
    except UsageError:
        return None
