"""What a model is measured against: the grammar of the language on the same text.

Math:   grammar   exp(-1/N sum_t log P_G(y_t | line so far)),  N tokens of this text
        entropy   exp(H(line) / E[tokens of a line]), the mean over all texts
A text is a sample: on one text the grammar's perplexity is above or below that of the
entropy, and it is the grammar's that a model can hardly be below on the same text.
"""

import dataclasses
from typing import Any

import numpy as np

from keraslm import measures
from keraslm.card import Card
from keraslm.errors import UsageError
from keraslm.text.encoder import TextEncoder
from keraslm.text.language import Language
from keraslm.text.text import Text
from keraslm.truth_stream import TruthStream

LANGUAGE = "language"  # the place of a floor among a card's details
GRAMMAR_NAME = "grammar, same text"
ENTROPY_NAME = "entropy of the language"
FLOOR_MEANING = (
    f"{GRAMMAR_NAME}: what the grammar that wrote the text scores on it, which a model "
    f"can hardly be below; {ENTROPY_NAME}: its mean over all texts"
)


@dataclasses.dataclass(frozen=True)
class Figures:
    """A cost, as a card has it."""

    nats_per_token: float
    perplexity: float
    perplexity_without_oov: float
    bits_per_character: float


@dataclasses.dataclass(frozen=True)
class Floor:
    """What the grammar scores on the text, and what it scores on average."""

    grammar: Figures
    entropy: Figures

    def above(self, card: Card | Figures) -> float:
        """Give the share by which a model is above the grammar on the same text."""
        return card.perplexity_without_oov / self.grammar.perplexity_without_oov - 1

    @classmethod
    def of_card(cls, card: dict[str, Any]) -> "Floor | None":
        """Read the floor back from a card, as a dict; None if it has none."""
        told = card.get("details", {}).get(LANGUAGE)
        if told is None:
            return None
        return cls(Figures(**told["grammar"]), Figures(**told["entropy"]))


def floor_of(text: Text, ids: np.ndarray, encoder: TextEncoder) -> Floor | None:
    """Measure the grammar of a text's language on the text, by the rules of a card.

    A token that the vocabulary lacks is `<unk>` for the grammar too, as it is for
    `Truth`. None where the language is not known, a line is not of it, or it cannot be
    told in these tokens.

    Shapes: ids (tokens,), the text's own
    """
    language, log_p = text.language, text.language_log_probabilities
    if language is None or not len(log_p) or not np.all(np.isfinite(log_p)):
        return None
    by_word = len(log_p) == len(ids)
    is_oov = np.asarray(ids == encoder.vocabulary.unknown_id)
    if not is_oov.any():
        figures = _even(-float(np.sum(log_p)) / len(ids))
    else:
        try:
            log_p = TruthStream(language.parser(), encoder).log_probabilities(ids)
        except UsageError:
            return None
        if not np.all(np.isfinite(log_p)):
            return None
        found = measures.token_figures(log_p, is_oov)
        figures = {name: float(found[name]) for name in _NAMES}
    bits = measures.bits(-float(np.sum(log_p))) / text.characters
    tokens = None if by_word else len(ids) / text.characters
    return Floor(
        Figures(**figures, bits_per_character=bits), _entropy(language, tokens)
    )


def floor_of_characters(text: Text) -> dict[str, float]:
    """Give the grammar's bits a character on a text, and those of the entropy.

    They are of the characters as they are: no token is unknown. Where the language is
    not known there are none.
    """
    language, log_p = text.language, text.language_log_probabilities
    if language is None or not len(log_p) or not np.all(np.isfinite(log_p)):
        return {}
    own = measures.bits(-float(np.sum(log_p))) / text.characters
    return {
        GRAMMAR_NAME: own,
        ENTROPY_NAME: _entropy(language, None).bits_per_character,
    }


_NAMES = ("nats_per_token", "perplexity", "perplexity_without_oov")


def _entropy(language: Language, tokens_per_character: float | None) -> Figures:
    """Give the entropy; of tokens that are not words, as many a character as here."""
    entropy, characters = language.entropy_per_line(), language.characters_per_line()
    tokens = language.tokens_per_line()
    if tokens_per_character is not None:
        tokens = tokens_per_character * characters
    bits = measures.bits(entropy / characters)
    return Figures(**_even(entropy / tokens), bits_per_character=bits)


def _even(nats: float) -> dict[str, float]:
    """Give the figures of a cost that is the same with and without unknown tokens."""
    perplexity = measures.perplexity(nats)
    return dict(zip(_NAMES, (nats, perplexity, perplexity), strict=True))
