"""What models are ranked by, and when a figure is above all the price of `<unk>`."""

import math

from keraslm.card import Card

MANY_UNKNOWN = 0.02  # of the tokens; 5 nats more for each are 10% of the perplexity


def rank(card: Card) -> tuple[bool, float, float]:
    """Give what models are ranked by: the perplexity of known tokens, lowest first.

    The perplexity of all tokens decides between equals. It would favour a model that
    expects unknown words, whatever it makes of the known ones.
    """
    known = card.perplexity_without_oov
    return math.isnan(known), known, card.perplexity


def ranking_rule(card: Card) -> str:
    """Say what models are ranked by on the text of a card."""
    known = " of known tokens" if card.oov_tokens else ""
    return f"ranked by perplexity{known}, lowest first"


def counted(card: Card) -> str:
    """Say what a card counts: the text, its tokens, and how many are unknown."""
    oov = f", {card.oov_tokens:,} of them <unk>" if card.oov_tokens else ""
    return f"{card.name_of_text}: {card.tokens:,} tokens{oov}"


def unknown_warning(card: Card) -> str | None:
    """Say that a figure is above all the price of `<unk>`, where it is."""
    if card.unmeasured or card.oov_tokens <= MANY_UNKNOWN * card.tokens:
        return None
    return (
        f"{card.oov_tokens:,} of the {card.tokens:,} tokens "
        f"({card.oov_tokens / card.tokens:.1%}) are unknown: the perplexity of all "
        "tokens depends on what a model expects of <unk>, not on what it knows; "
        "compare that of the known tokens, or train on more text or with a larger "
        "vocabulary"
    )
