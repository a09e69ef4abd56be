"""The vocabulary knows the test text: no word of it is unknown."""

from keraslm.audit.check import Check
from keraslm.audit.leaks import audit_texts
from keraslm.course.exercise import Function
from keraslm.course.zoo.bug import Bug
from keraslm.text.encoder import TextEncoder
from keraslm.text.text import Text

TRAIN = "the dog barks\nthe cat sleeps\n"
TEST = "the fox barks\n"


def mistaken(train: str, test: str) -> TextEncoder:
    """Give the vocabulary of a model."""
    return TextEncoder.fit(Text.from_string(train + test), "word")


def right(train: str, test: str) -> TextEncoder:
    """Give the vocabulary of the training text."""
    return TextEncoder.fit(Text.from_string(train), "word")


def check(program: Function) -> Check:
    """Audit the texts."""
    texts = Text.from_string(TRAIN), Text.from_string(TEST)
    return audit_texts(program(TRAIN, TEST), *texts)[0]


BUG = Bug(
    name="vocabulary from the test text",
    symptom="the test text has not one unknown word: `oov_tokens` of the card is 0",
    revealed_by="`audit`, vocabulary leak",
    seen="salesforce/awd-lstm-lm#65",
    mistaken=mistaken,
    right=right,
    check=check,
)
