"""A text that a bigram model has read, and the card that keraslm writes of it."""

from typing import NamedTuple

import numpy as np

from keraslm.audit.check import Check
from keraslm.card import Card
from keraslm.counts.additive import Additive
from keraslm.counts.model import NgramModel
from keraslm.text.encoder import TextEncoder
from keraslm.text.text import Text

TRAIN = """\
the dog barks
the cat sleeps by the fire
the old dog of the baker sees the cat
the cat sleeps
"""
TEST = """\
the dog sleeps by the fire
barks
the old cat sees the baker
the dog of the fire barks by the cat
fire
"""


class Sample(NamedTuple):
    """The card of a text, and log P of its tokens in nats, a row a line."""

    card: Card
    lines: list[np.ndarray]


def sample() -> Sample:
    """Count the bigrams of a text, and measure them on another one."""
    train = Text.from_string(TRAIN)
    encoder = TextEncoder.fit(train, "word")
    model = NgramModel.train(encoder, encoder.encode(train), 2, Additive(0.1))
    reading = model.read(Text.from_string(TEST, "sample"))
    ends = np.flatnonzero(reading.ids == encoder.vocabulary.boundary_id) + 1
    lines = np.split(reading.log_probabilities, ends)[:-1]
    return Sample(model.card(reading), lines)


def off_the_card(perplexity: float, card: Card) -> Check:
    """Compare a perplexity with that of a card."""
    off = abs(float(perplexity) / card.perplexity - 1)
    return Check("perplexity", off, 1e-9, "by which it is off that of the card")
