"""A masked language model: what stands at a place, by the tokens on both sides.

Math:   P(w_t = w | all other tokens) = softmax(logits_t)[w], token t masked; the end of
        a line stands in no blank, so it is left out of the softmax
"""

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from keraslm.blanks import Blank, Filling, shares_of
from keraslm.card import PARTS
from keraslm.errors import CorpusError, UsageError
from keraslm.masked.card import MOST, MaskedCard, Read
from keraslm.masked.grammar import floor_of
from keraslm.masked.pieces import (
    FIRST,
    MASK,
    evenly_spaced,
    framed,
    lines_of,
    pieces_of,
)
from keraslm.masked.reading import Reader
from keraslm.tasks.reading import read_all
from keraslm.text.corpus import as_text
from keraslm.text.encoder import TextEncoder
from keraslm.text.vocabulary import Vocabulary

NUMBERS_AT_ONCE = 4_000_000  # probabilities of pieces that are read together


class MaskedModel:
    """A network of `keraslm.masked.networks` with its vocabulary.

    model = keraslm.load("runs/village-masked-bilstm")
    model.fill("the cat ___ the mouse .").best(5)
    """

    def __init__(
        self, reader: Reader, encoder: TextEncoder, metadata: dict[str, Any]
    ) -> None:
        self.reader, self.encoder, self.metadata = reader, encoder, metadata
        self.name = f"masked {reader.shape.model}"

    @property
    def vocabulary(self) -> Vocabulary:
        """The tokens that this model predicts."""
        return self.encoder.vocabulary

    @property
    def learnt_from(self) -> dict[str, Any]:
        """What is known of its training, as of a causal model."""
        return self.metadata

    @property
    def parameters(self) -> int:
        """How many numbers the model has learnt."""
        return self.reader.parameters

    def fill(self, sentence: str) -> Filling:
        """Rank what may stand in the blank, in one pass.

        Raises: CorpusError as `Blank.read`; UsageError if the sentence is longer than
            what the network reads.
        """
        blank = Blank.read(sentence, self.encoder)
        place, number = len(blank.left), len(blank.left) + 1 + len(blank.right)
        if number > self.reader.shape.context:
            raise UsageError(
                f"the sentence has {number} tokens and the model reads "
                f"{self.reader.shape.context} at most; shorten it, or train with a "
                "larger `context`"
            )
        ids = framed([*blank.left, 0, *blank.right], self.vocabulary.boundary_id)
        ids[place + 1] = MASK
        logits = self.reader.read(ids[None])[0, place + 1]
        return Filling(self.vocabulary, self._shares(logits))

    def distributions(self, line: np.ndarray) -> np.ndarray:
        """Give P(w | the others) at every token of a line, each masked in turn.

        A line longer than the network reads is read in pieces.
        Shapes: ids (n,) -> (n, vocabulary) float64
        """
        boundary, context = self.vocabulary.boundary_id, self.reader.shape.context
        pieces = pieces_of([line], boundary, context)
        logits = [self.reader.read_blanks(piece[None])[0] for piece in pieces]
        return self._shares(np.concatenate(logits))

    def _shares(self, logits: np.ndarray) -> np.ndarray:
        logits = logits.copy()
        logits[..., self.vocabulary.boundary_id] = -np.inf
        return shares_of(logits)

    def evaluate(
        self, text: Any, command: str = "", most: int | None = MOST
    ) -> MaskedCard:
        """Measure the pseudo-perplexity of a text and say on the card what was counted.

        Of a text of more than `most` tokens, lines are measured that are evenly spaced.
        The text may be named as on the command line: a path, or "village:test".
        Raises: CorpusError if it has no token that the model knows.
        """
        text = as_text(text)
        ids = np.asarray(self.encoder.encode(text))
        if why := self.vocabulary.why_unmeasured(text.name, ids):
            raise CorpusError(why)
        lines = lines_of(ids, self.vocabulary.boundary_id)
        measured = evenly_spaced(lines, most)
        start = time.perf_counter()
        read = Read.of(measured, self._right_ones(measured))
        seconds = time.perf_counter() - start
        part = self.metadata.get("texts", {}).get(text.sha256, "")
        return MaskedCard(
            model=self.name,
            tokenizer=self.encoder.tokenizer.name,
            level=self.vocabulary.level,
            vocabulary_size=len(self.vocabulary),
            vocabulary_hash=self.vocabulary.hash,
            context=self.reader.shape.context,
            text=text.name,
            text_sha256=text.sha256,
            part=part if part in PARTS else "",
            text_lines=len(lines),
            text_tokens=sum(map(len, lines)),
            lines=len(measured),
            read=read,
            mask_share=self.metadata.get("configuration", {}).get("mask_share"),
            grammar=floor_of(text, measured, self.encoder),
            seconds=seconds,
            command=command,
        )

    def _right_ones(self, lines: Sequence[np.ndarray]) -> Any:
        """Yield P of each piece's own tokens, and whether each is the most probable."""
        boundary, context = self.vocabulary.boundary_id, self.reader.shape.context
        pieces = pieces_of(lines, boundary, context)
        longest = max(map(len, pieces))
        at_once = max(1, NUMBERS_AT_ONCE // (longest * len(self.vocabulary)))
        for found in read_all(self._right_of, pieces, at_once):
            yield found[:, 0], found[:, 1] == 1

    def _right_of(self, pieces: np.ndarray) -> np.ndarray:
        """Shapes: (pieces, n + 2) -> (pieces, n, 2)"""
        own = pieces[:, 1:-1] - FIRST
        shares = self._shares(self.reader.read_blanks(pieces))
        right = np.take_along_axis(shares, own[..., None], axis=-1)[..., 0]
        return np.stack([right, shares.argmax(axis=-1) == own], axis=-1)
