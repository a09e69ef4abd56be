"""The contract every model keeps: counts or Keras, they answer the same questions.

Math:   P(y_1 .. y_N) = prod_t P(y_t | y_1 .. y_{t-1})
"""

import abc
import dataclasses
import math
import os
import time
from collections.abc import Iterable
from typing import Any

import numpy as np

from keraslm import measures
from keraslm.card import OOV_RULE, PARTS, Card, Reading
from keraslm.errors import CorpusError
from keraslm.floor import LANGUAGE, floor_of
from keraslm.score import Score
from keraslm.text.corpus import Text, as_text
from keraslm.version import __version__
from keraslm.writing import Writer


class LanguageModel(Writer):
    """A distribution over texts, asked one token at a time."""

    name: str
    state_rule: str
    """How much of the history a prediction sees, in words, for the card."""
    metadata: dict[str, Any]
    """What is stored beside the weights: training configuration, history, card."""

    @abc.abstractmethod
    def log_probabilities(self, ids: np.ndarray) -> np.ndarray:
        """Predict every token of a stream once, with the longest history it can use.

        Math:   log P(y_t | boundary, y_1 .. y_{t-1}), natural logarithm
        Shapes: ids (tokens,) -> (tokens,) float64
        """

    @abc.abstractmethod
    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model as one file, atomically."""

    @property
    @abc.abstractmethod
    def parameters(self) -> int:
        """How many numbers the model has learnt: weights, or counts of n-grams."""

    @property
    def details(self) -> dict[str, Any]:
        """What belongs on a card of this model alone, as JSON."""
        return {}

    @property
    def learnt_from(self) -> dict[str, Any]:
        """The metadata that tell of the text it learnt: configuration, card, parts."""
        return self.metadata

    @property
    def rounding(self) -> float:
        """How far, in nats, its probabilities may be off by how they were stored."""
        return 0.0

    def verify(self) -> str:
        """Check what opening the model left unchecked, and say what was checked.

        Raises: ModelFileError if its file is damaged.
        """
        return ""

    @property
    def vocabulary(self) -> Any:
        """The tokens this model predicts."""
        return self.encoder.vocabulary

    def next_token_probabilities(self, history: str | Iterable[int] = "") -> np.ndarray:
        """Give the distribution of the token that follows `history`.

        Math:   P(w | history) for every w; sums to one
        Shapes: history, a text or ids -> (vocabulary,) float64
        """
        ids = self.prompt_ids(history) if isinstance(history, str) else history
        stream = self.stream()
        stream.extend(ids)
        return np.exp(stream.next_log_probabilities())

    def score(self, text: str) -> Score:
        """Give the probability of each token of `text`.

        Raises: CorpusError if the text has no token.
        """
        ids = self.encoder.encode(text)
        if not len(ids):
            raise CorpusError("a text to score needs at least one token; received 0")
        tokens = tuple(self.vocabulary.token(i) for i in ids.tolist())
        written = tuple(self.encoder.tokenizer.prompt_tokens(text))
        written += tokens[len(written) :]  # the last line's end may not be in the text
        oov = ids == self.vocabulary.unknown_id
        return Score(tokens, self.log_probabilities(ids), written, oov)

    def perplexity(self, text: str) -> float:
        """Measure the perplexity of `text`, every token counted.

        Math:   exp(-1/N sum_t log P(y_t | history))
        """
        return self.score(text).perplexity

    def evaluate(self, text: Text | str | os.PathLike[str], command: str = "") -> Card:
        """Measure this model on a text and say on the card what was counted.

        The text may be named as on the command line: a path, or "village:test".
        Raises: CorpusError, as `read`; UsageError if there is no such text.
        """
        return self.card(self.read(text), command)

    def read(
        self, text: Text | str | os.PathLike[str], ids: np.ndarray | None = None
    ) -> Reading:
        """Predict every token of a text once; `ids` are its own, if encoded before.

        Raises: CorpusError if the text has no token, or none of the vocabulary but
            ends of lines.
        """
        text = as_text(text)
        ids = self.encoder.encode(text) if ids is None else ids
        if why := self.vocabulary.why_unmeasured(text.name, ids):
            raise CorpusError(why)
        start = time.perf_counter()
        log_probabilities = self.log_probabilities(ids)
        return Reading(text, ids, log_probabilities, time.perf_counter() - start)

    def card(self, reading: Reading, command: str = "") -> Card:
        """Say what this model's reading of a text came to, and what was counted.

        Where the language of the text is known, `details` has what its grammar scores
        on the same text, and the entropy of the language.
        """
        vocabulary = self.encoder.vocabulary
        text, ids = reading.text, reading.ids
        figures = reading.figures(vocabulary.unknown_id)
        total_bits = measures.bits(math.nan if reading.unmeasured else reading.nats)
        floor = None if reading.unmeasured else floor_of(text, ids, self.encoder)
        known = {} if floor is None else {LANGUAGE: dataclasses.asdict(floor)}
        return Card(
            model=self.name,
            level=self.encoder.tokenizer.level,
            tokenizer=self.encoder.tokenizer.name,
            vocabulary_hash=vocabulary.hash,
            vocabulary_size=len(vocabulary),
            text=text.name,
            text_sha256=text.sha256,
            end_of_line_tokens=reading.count(vocabulary.boundary_id),
            oov_rule=OOV_RULE,
            state_rule=self.state_rule,
            bits_per_character=_ratio(total_bits, text.characters),
            bits_per_byte=_ratio(total_bits, text.bytes),
            characters=text.characters,
            bytes=text.bytes,
            seconds=reading.seconds,
            tokens_per_second=_ratio(len(ids), reading.seconds),
            version=__version__,
            command=command,
            details={**self.details, **known},
            part=self.part_of(text),
            unmeasured=reading.unmeasured,
            **figures,  # type: ignore[arg-type]
        )

    def part_of(self, text: Text) -> str:
        """Say which part of the model's corpus a text is; empty for any other text."""
        part = self.metadata.get("texts", {}).get(text.sha256)
        return part if part in PARTS else ""


def _ratio(numerator: float, denominator: float) -> float:
    return numerator / denominator if denominator else math.nan
