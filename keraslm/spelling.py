"""Bits a character: the one figure that compares models of different tokens.

A model scores an unknown word as `<unk>`, and does not pay for its spelling. So that
all pay for every character of the text, the spelling is added, by a code of bytes:

Math:   B = (1/C) (sum_t -log2 P(y_t | history) + sum over unknown tokens u of S(u)),
        S(u) = 8 (bytes of u in UTF-8 + 1),   the last 8 bits for its end
        C the characters of the text
A token's text then has the probability P(<unk>) 2^-S(u), and the sum over all texts is
at most one: B is the length of a code that gives the text back.
"""

import dataclasses

from keraslm.card import Card
from keraslm.text.encoder import TextEncoder
from keraslm.text.text import Text
from keraslm.text.words import split

BITS = 8  # of a byte


@dataclasses.dataclass(frozen=True)
class CharacterCost:
    """What a text costs in bits a character, `</s>` included.

    `without_spelling` is that of the card, on which `<unk>` is all that is paid for an
    unknown token.
    """

    bits: float
    without_spelling: float


def character_cost(card: Card, encoder: TextEncoder, text: Text) -> CharacterCost:
    """Add the spelling of unknown tokens to the bits a character of a card."""
    own = card.bits_per_character
    spelt = spelling_bits(encoder, text) if card.oov_tokens else 0.0
    return CharacterCost(own + spelt / text.characters, own)


def spelling_bits(encoder: TextEncoder, text: Text) -> float:
    """Give the bits that spell all unknown tokens of a text.

    Math:   sum over unknown tokens u of 8 (bytes of u + 1)
    """
    counts = encoder.tokenizer.count(text.chunks())
    unknown = {t: n for t, n in counts.items() if not encoder.vocabulary.get(t)}
    return float(sum(n * BITS * (len(t.encode()) + 1) for t, n in unknown.items()))


def unpredicted_white_space(text: Text) -> int:
    """Count the characters that a model of words does not predict.

    It knows neither how wide a gap between words is, nor of what white space.
    """
    predicted = sum(len(" ".join(split(line))) + 1 for line in text.lines())
    return max(text.characters - predicted, 0)
