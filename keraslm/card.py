"""The card: what a figure counts, and whether two figures measure the same thing."""

import dataclasses
import math
import typing
from typing import Any, Self

import numpy as np

from keraslm import measures
from keraslm.errors import ModelFileError, UsageError
from keraslm.text.text import Text

OOV_RULE = "a token outside the vocabulary is scored as <unk>"

LEARNT = {"train": "the training text", "whole": "training text included"}
PARTS = (*LEARNT, "valid", "test")

# Two cards measure the same thing when all of these agree.
SAME_THING = (
    "level",
    "tokenizer",
    "vocabulary_hash",
    "text_sha256",
    "tokens",
    "end_of_line_tokens",
    "oov_tokens",
    "oov_rule",
)
HASH = 12  # digits of a hash that are shown


def name_of_text(text: str, part: str) -> str:
    """Give a text's name, and say so if it is, or holds, the training text."""
    return f"{text}, {LEARNT[part]}" if part in LEARNT else text


@dataclasses.dataclass(frozen=True)
class Reading:
    """A text as a model read it: every token's probability, and how long it took.

    Shapes: ids (tokens,), log_probabilities (tokens,)
    Units: `log_probabilities` in nats; `seconds` wall-clock
    """

    text: Text
    ids: np.ndarray
    log_probabilities: np.ndarray
    seconds: float
    unmeasured: str = ""
    """Why there are no figures, where the model knows nothing of the text."""

    @classmethod
    def without_figures(cls, text: Text, ids: np.ndarray, why: str) -> Self:
        """Give the reading of a text that cannot be measured: every figure is NaN."""
        return cls(text, ids, np.full(len(ids), math.nan), 0.0, why)

    @property
    def nats(self) -> float:
        """What the whole text costs."""
        return -float(np.sum(self.log_probabilities))

    def count(self, token_id: int) -> int:
        """Count how often a token occurs."""
        return int(np.sum(self.ids == token_id))

    def figures(self, unknown_id: int) -> dict[str, float | int]:
        """Average the cost of the tokens, with and without the unknown ones."""
        is_oov = self.ids == unknown_id
        if self.unmeasured:
            return measures.no_figures(is_oov)
        return measures.token_figures(self.log_probabilities, is_oov)


@dataclasses.dataclass(frozen=True)
class Card:
    """What was measured, on what, under which rules.

    Units: `nats_per_token` in nats; `bits_per_character` and `bits_per_byte` are the
    whole text's cost in bits, `</s>` and `<unk>` included, over the characters and
    UTF-8 bytes of the original text; `seconds` wall-clock. Where `unmeasured` says why
    there are no figures, they are not a number.
    """

    model: str
    level: str
    tokenizer: str
    vocabulary_hash: str
    vocabulary_size: int
    text: str
    text_sha256: str
    tokens: int
    end_of_line_tokens: int
    oov_tokens: int
    oov_rule: str
    state_rule: str
    nats_per_token: float
    perplexity: float
    perplexity_without_oov: float
    bits_per_character: float
    bits_per_byte: float
    characters: int
    bytes: int
    seconds: float
    tokens_per_second: float
    version: str
    command: str
    details: dict[str, Any] = dataclasses.field(default_factory=dict)
    """What else belongs to the figure: of counts, the smoothing and its numbers."""
    part: str = ""
    """Of the model's corpus: train, valid, test, or whole, from which they were cut."""
    unmeasured: str = ""

    @property
    def name_of_text(self) -> str:
        """The text's name, and whether the model has learnt from it."""
        return name_of_text(self.text, self.part)

    def to_dict(self) -> dict[str, Any]:
        """Give the card as the JSON object that is written and printed."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, told: dict[str, Any]) -> "Card":
        """Read a card back.

        Raises: ModelFileError if a figure is missing, unknown, or of another kind.
        """
        kinds = {field.name: field.type for field in dataclasses.fields(cls)}
        told = {"part": "", "unmeasured": ""} | told  # which early cards lack
        for name in {**kinds, **told}:
            kind = kinds.get(name, type(None))
            if type(told.get(name)) is not (typing.get_origin(kind) or kind):
                raise ModelFileError(f"the card of a model has a damaged {name[:40]!r}")
        return cls(**told)


def require_same_thing(cards: list[Card]) -> None:
    """Refuse to compare cards that do not measure the same thing.

    Raises: UsageError naming the first field that differs, its two values, and what
        to do; or as `require_figures`.
    """
    require_figures(cards)
    for other in cards[1:]:
        if reason := difference(cards[0], other):
            raise UsageError(f"these figures do not measure the same thing: {reason}")


def require_figures(cards: list[Card]) -> None:
    """Refuse a card without figures, and a text that only one model has learnt from.

    Raises: UsageError
    """
    for card in cards:
        if card.unmeasured:
            raise UsageError(f"{card.model} has no figure: {card.unmeasured}")
        _require_same_part(cards[0], card)


def difference(first: Card, other: Card) -> str | None:
    """Say what keeps two cards from being compared, and what to do; None if nothing."""
    for field in SAME_THING:
        one, two = getattr(first, field), getattr(other, field)
        if one == two:
            continue
        if field == "vocabulary_hash":
            return _vocabularies(first, other)
        short = [v[:HASH] if field == "text_sha256" else repr(v) for v in (one, two)]
        return (
            f"{field} is {short[0]} for {first.model} and {short[1]} for "
            f"{other.model}; train both on one text, level and vocabulary"
        )
    return None


def _vocabularies(first: Card, other: Card) -> str:
    small, large = sorted((first, other), key=lambda card: card.vocabulary_size)
    sizes = [
        f"{card.vocabulary_size:,} tokens ({card.vocabulary_hash[:HASH]})"
        for card in (first, other)
    ]
    advice = "train both on one text, with one vocabulary size"
    if small.vocabulary_size < large.vocabulary_size:
        advice = (
            f"if they learnt from one text, train {large.model} again with "
            f"`vocabulary_size={small.vocabulary_size}`"
        )
    return (
        f"the vocabulary of {first.model} has {sizes[0]}, that of {other.model} "
        f"{sizes[1]}; {advice}"
    )


def _require_same_part(one: Card, two: Card) -> None:
    if {one.part, two.part}.isdisjoint(LEARNT) or one.part == two.part:
        return
    learnt, other = (one, two) if one.part in LEARNT else (two, one)
    part = other.part or "test"
    raise UsageError(
        f"these figures do not measure the same thing: the part is {learnt.part!r} for "
        f"{learnt.model}, which learnt from {learnt.text}, and {part!r} for "
        f"{other.model}; measure both on a text that neither has learnt from"
    )
