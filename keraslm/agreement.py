"""Whether a model lets a verb agree with its subject, past nouns of the other number.

The two forms of the verb are compared after the words before it:

Math:   right if P(form that agrees | words before) > P(other form | words before)
A model of characters gives each form as its characters and what ends the word.
References: Linzen, Dupoux & Goldberg (2016).
"""

import dataclasses
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from keraslm.accuracy import Accuracy, margins
from keraslm.continuations import Continuation, log_probabilities
from keraslm.errors import CorpusError
from keraslm.language_model import LanguageModel
from keraslm.text.encoder import TextEncoder

if TYPE_CHECKING:
    import pandas as pd


class Fact(Protocol):
    """A verb of a sentence, and the form that it would have with the other number."""

    @property
    def subject_index(self) -> int:
        """The place of the subject's head among the words."""

    @property
    def verb_index(self) -> int:
        """The place of the verb among the words."""

    @property
    def verb(self) -> str:
        """The form that agrees with the subject."""

    @property
    def contrast(self) -> str:
        """The form that does not."""

    @property
    def distance(self) -> int:
        """The number of words from the subject to the verb; 1: side by side."""

    @property
    def attractors(self) -> int:
        """The nouns between them that have the other number."""


class Verb(NamedTuple):
    """A sentence and a verb in it."""

    sentence: str
    fact: Fact


class Group(NamedTuple):
    """Verbs that are counted together: all whose number is in a range."""

    name: str
    least: int
    most: float


MANY = float("inf")
ATTRACTORS = (
    Group("0", 0, 0),
    Group("1", 1, 1),
    Group("2", 2, 2),
    Group("3+", 3, MANY),
)
DISTANCES = (
    Group("1", 1, 1),
    Group("2", 2, 2),
    Group("3-4", 3, 4),
    Group("5-8", 5, 8),
    Group("9+", 9, MANY),
)


@dataclasses.dataclass(frozen=True)
class Agreement:
    """What a model makes of each verb.

    `left_out` counts the verbs with a form that the vocabulary lacks.
    Shapes: margins, attractors, distances (verbs,); margins in bits
    """

    margins: np.ndarray
    attractors: np.ndarray
    distances: np.ndarray
    left_out: int

    @property
    def accuracy(self) -> Accuracy:
        """How often the right form is preferred."""
        return Accuracy.of(self.margins)

    def by_attractors(self) -> dict[str, Accuracy]:
        """Give the accuracy with 0, 1, 2, and 3 or more attractors."""
        return self._by(self.attractors, ATTRACTORS)

    def by_distance(self) -> dict[str, Accuracy]:
        """Give the accuracy by the distance between subject and verb."""
        return self._by(self.distances, DISTANCES)

    def _by(self, values: np.ndarray, groups: Sequence[Group]) -> dict[str, Accuracy]:
        return {
            name: Accuracy.of(self.margins[(least <= values) & (values <= most)])
            for name, least, most in groups
        }

    def table(self) -> "pd.DataFrame":
        """Give a row a group of verbs: by what, which, n, and the accuracy."""
        import pandas as pd

        parts = {
            "attractors": self.by_attractors(),
            "distance": self.by_distance(),
            "all": {"all": self.accuracy},
        }
        return pd.DataFrame(
            {"by": by, "group": name, **accuracy.to_dict()}
            for by, groups in parts.items()
            for name, accuracy in groups.items()
        )


def agreement(model: LanguageModel, verbs: Iterable[Verb]) -> Agreement:
    """Ask a model of any kind for the number of each verb that follows its subject.

    Each sentence begins a text. Of a verb before its subject, as in a question, no word
    before it tells the number: it is not asked for.
    Raises: CorpusError if there is no verb whose two forms are in the vocabulary.
    """
    verbs = [v for v in verbs if v.fact.subject_index < v.fact.verb_index]
    questions = [_question(model.encoder, verb) for verb in verbs]
    unknown = model.vocabulary.unknown_id
    known = [k for k, pair in enumerate(questions) if not _holds(unknown, pair)]
    if not known:
        raise CorpusError(
            f"{model.name} cannot be asked: of {len(verbs):,} verbs none has both "
            "forms in its vocabulary"
        )
    found = log_probabilities(model, [one for k in known for one in questions[k]])
    facts = [verbs[k].fact for k in known]
    return Agreement(
        margins(found[::2], found[1::2]),
        np.array([fact.attractors for fact in facts]),
        np.array([fact.distance for fact in facts]),
        len(verbs) - len(known),
    )


def _question(encoder: TextEncoder, verb: Verb) -> tuple[Continuation, Continuation]:
    """Give the right and the wrong form after all that they have in common."""
    right = _beginning(encoder, verb, verb.fact.verb)
    wrong = _beginning(encoder, verb, verb.fact.contrast)
    pairs = zip(right, wrong, strict=False)
    same = next((k for k, (a, b) in enumerate(pairs) if a != b), 0)
    history = tuple(right[:same])
    return (
        Continuation(history, tuple(right[same:])),
        Continuation(history, tuple(wrong[same:])),
    )


def _beginning(encoder: TextEncoder, verb: Verb, form: str) -> list[int]:
    """Give the ids up to the verb in a form; a character that ends it is among them."""
    words = verb.sentence.split()
    index = verb.fact.verb_index
    text = " ".join([*words[:index], form])
    if encoder.tokenizer.level == "char":
        text += "\n" if index == len(words) - 1 else " "
    return encoder.encode_prompt(text)


def _holds(token_id: int, question: tuple[Continuation, Continuation]) -> bool:
    return any(token_id in one.ids for one in question)
