"""The target is off by one: the model learns to say the word that it has just read."""

import numpy as np

from keraslm import measures
from keraslm.audit.check import Check
from keraslm.course.exercise import Function
from keraslm.course.formulas import shares
from keraslm.course.zoo.bug import Bug
from keraslm.named_texts import catalogue
from keraslm.text.corpus import as_text
from keraslm.text.encoder import TextEncoder

Pair = tuple[np.ndarray, np.ndarray]


def mistaken(ids: np.ndarray) -> Pair:
    """Give inputs and targets; shapes: (tokens,) -> twice (tokens - 1,)."""
    return ids[:-1], ids[:-1]


def right(ids: np.ndarray) -> Pair:
    """Give inputs and targets: target t is input t + 1."""
    return ids[:-1], ids[1:]


def check(program: Function) -> Check:
    """Count a bigram on the pairs, and compare it with the entropy of the language."""
    text = as_text("village:valid")
    encoder = TextEncoder.fit(text, "word")
    ids = encoder.encode(text)
    inputs, targets = program(ids)
    counts = np.full((len(encoder.vocabulary),) * 2, 1e-9)
    np.add.at(counts, (inputs, targets), 1)
    nats = -float(np.log(shares(counts)[inputs, targets]).mean())
    language = catalogue().open_language("village")
    entropy = language.entropy_per_line() / language.tokens_per_line()
    times = measures.perplexity(entropy - nats)
    meaning = "the perplexity of the language over that of the bigram"
    return Check("floor", times, 1.0, meaning)


BUG = Bug(
    name="target off by one",
    symptom="the loss falls to 0 in the first epoch; what is written repeats one word",
    revealed_by="the floor: no model is far below the entropy of `village`",
    seen="macrocosm-os/pretraining#66",
    mistaken=mistaken,
    right=right,
    check=check,
)
