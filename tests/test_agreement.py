"""Agreement: the two forms of a verb, of models with known probabilities."""

import dataclasses
import math

import numpy as np
import pytest

from keraslm.agreement import Verb, agreement
from keraslm.errors import CorpusError
from keraslm_datasets import village
from tests.hand_made import HandMade


@dataclasses.dataclass
class Given:
    """A fact as a test writes it down."""

    verb: str
    contrast: str
    verb_index: int
    subject_index: int = 0
    distance: int = 1
    attractors: int = 0


SINGS, SING = Given("sings", "sing", 1), Given("sing", "sings", 1)
FAR = Given("sings", "sing", 3, distance=3, attractors=1)
VERBS = [
    Verb("he sings .", SINGS),
    Verb("they sing .", SING),
    Verb("you sing .", SING),
    Verb("he of they sings .", FAR),
]


def test_words_by_hand():
    model = HandMade(
        {
            "he": {"sings": 0.75, "sing": 0.25, "of": 0.0},
            "they": {"sing": 0.5, "sings": 0.125},
            "you": {"sings": 0.25, "sing": 0.25},
        }
    )
    found = agreement(model, VERBS)
    # log2 of 3/4 : 1/4, of 1/2 : 1/8, of 1/4 : 1/4, and of 1/8 : 1/2 after "they"
    np.testing.assert_allclose(found.margins, [math.log2(3), 2, 0, -2], atol=1e-12)
    near, far = (found.by_attractors()[name] for name in ("0", "1"))
    assert (near.right, near.wrong, near.ties) == (2, 0, 1)
    assert (far.right, far.wrong, far.ties) == (0, 1, 0)
    assert found.by_distance()["3-4"] == far
    assert found.accuracy.share == 2.5 / 4
    assert [group.n for group in found.by_attractors().values()] == [3, 1, 0, 0]


def test_characters_are_compared_up_to_what_ends_the_word():
    model = HandMade(
        {"i": {" ": 0.25, "\n": 0.5, "s": 0.75}, "s": {" ": 0.5, "\n": 1}}, "char"
    )
    end = Given("i", "is", 0, subject_index=-1)
    found = agreement(model, [Verb("i s", end), Verb("i", end)])
    # P(i_) : P(is_) = 1/4 : 3/4 1/2, and at the line's end 1/2 : 3/4 1
    np.testing.assert_allclose(found.margins, np.log2([2 / 3, 2 / 3]))


def test_what_cannot_be_asked_is_counted_or_refused():
    model = HandMade({"he": {"sings": 1.0, "sing": 0.0}})
    rests = Verb("he rests .", Given("rests", "rest", 1))
    question = Verb("what sings he ?", Given("sings", "sing", 1, subject_index=2))
    found = agreement(model, [rests, question, VERBS[0]])
    assert found.left_out == 1
    assert found.accuracy.n == 1
    with pytest.raises(CorpusError, match="of 1 verbs none has both forms"):
        agreement(model, [rests, question])


class Grammar(HandMade):
    """The grammar of village itself."""

    def __init__(self):
        super().__init__({"</s>": dict.fromkeys(village.words(), 0.0)})

    def log_probabilities(self, ids):
        words = [self.vocabulary.token(i) for i in ids.tolist()]
        following = (
            village.next_token_probabilities(" ".join(words[:k])).get(word, 0.0)
            for k, word in enumerate(words)
        )
        with np.errstate(divide="ignore"):
            return np.log([*following])


def test_the_grammar_itself_is_always_right():
    lines = [*village.lines("test", 8000)]
    verbs = [Verb(line, fact) for line in lines for fact in village.agreement(line)]
    found = agreement(Grammar(), verbs)
    assert found.accuracy.n > 300
    assert found.accuracy.share == 1
    assert found.attractors.max() > 0


def test_the_table_has_every_group_and_all():
    model = HandMade({"he": {"sings": 1.0, "sing": 0.0}})
    table = agreement(model, VERBS[:1]).table()
    rows = table[table["n"] > 0][["by", "group", "right", "accuracy"]].to_numpy()
    assert rows.tolist() == [
        ["attractors", "0", 1, 1.0],
        ["distance", "1", 1, 1.0],
        ["all", "all", 1, 1.0],
    ]
    assert table["group"].tolist()[:4] == ["0", "1", "2", "3+"]
