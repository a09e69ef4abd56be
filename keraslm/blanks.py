"""The blank of a sentence, and what a causal language model puts there.

Math:   P(w | the other words) = P(left w right) / sum_v P(left v right)
        v runs over all tokens of the vocabulary but the end of a line; each sentence is
        a line, scored from its beginning to its end
"""

import dataclasses
import re

import numpy as np

from keraslm.errors import CorpusError
from keraslm.language_model import LanguageModel
from keraslm.text.encoder import TextEncoder
from keraslm.text.vocabulary import Vocabulary

BLANK = re.compile("_{3,}")
_PLACE = "\ue000"  # of private use: no text has it


@dataclasses.dataclass(frozen=True)
class Blank:
    """The ids before and behind the blank of a line, its end left out."""

    left: tuple[int, ...]
    right: tuple[int, ...]

    @classmethod
    def read(cls, sentence: str, encoder: TextEncoder) -> "Blank":
        """Find the blank of a sentence: three underscores or more, for one token.

        Raises: CorpusError if there is none, or several, or it is part of a word, or
            the sentence is more than a line.
        """
        found = len(BLANK.findall(sentence))
        if found != 1:
            raise CorpusError(
                f"a sentence to fill has one blank, ___; received {found or 'none'}: "
                f"{sentence[:60]!r}"
            )
        if "\n" in sentence.strip("\n"):
            raise CorpusError(
                "a sentence to fill is one line; received more: give each of its own"
            )
        tokens = encoder.tokenizer.prompt_tokens(
            BLANK.sub(_PLACE, sentence.strip("\n"))
        )
        if _PLACE not in tokens:
            raise CorpusError(
                "a blank stands for a whole word: put a space before and behind ___; "
                f"received {sentence[:60]!r}"
            )
        place = tokens.index(_PLACE)
        ids = [encoder.vocabulary.get(token) for token in tokens]
        return cls(tuple(ids[:place]), tuple(ids[place + 1 :]))

    def filled(self, token_id: int, boundary_id: int) -> np.ndarray:
        """Give the ids of the line with a token in the blank.  Shapes: -> (tokens,)"""
        return np.array([*self.left, token_id, *self.right, boundary_id])


@dataclasses.dataclass(frozen=True)
class Filling:
    """The probability of every token in a blank; that of the end of a line is 0.

    Shapes: probabilities (vocabulary,) float64; their sum is 1
    """

    vocabulary: Vocabulary
    probabilities: np.ndarray

    def best(self, most: int) -> list[tuple[str, float]]:
        """Give the most probable tokens, the best first."""
        order = np.argsort(-self.probabilities, kind="stable")[:most]
        of_best = zip(order.tolist(), self.probabilities[order].tolist(), strict=True)
        return [(self.vocabulary.token(number), share) for number, share in of_best]


def fill(model: LanguageModel, sentence: str) -> Filling:
    """Rank what may stand in the blank, by the score of each filled sentence.

    Raises: CorpusError as `Blank.read`, or if the model holds every filled sentence
        impossible.
    """
    blank = Blank.read(sentence, model.encoder)
    boundary = model.vocabulary.boundary_id
    scores = np.full(len(model.vocabulary), -np.inf)
    possible = model.next_token_probabilities(blank.left) > 0
    for token_id in np.flatnonzero(possible).tolist():
        if token_id != boundary:
            ids = blank.filled(token_id, boundary)
            scores[token_id] = model.log_probabilities(ids).sum()
    if not np.isfinite(scores.max()):
        raise CorpusError(
            f"{model.name} holds every sentence impossible that fills the blank of "
            f"{sentence[:60]!r}: change its other words"
        )
    return Filling(model.vocabulary, shares_of(scores))


def shares_of(scores: np.ndarray) -> np.ndarray:
    """Give the softmax of scores.  Shapes: (..., vocabulary) -> the same, float64"""
    scores = scores.astype(np.float64)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares: np.ndarray = powers / powers.sum(axis=-1, keepdims=True)
    return shares
