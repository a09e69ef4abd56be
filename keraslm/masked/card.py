"""The card of a masked model: a pseudo-perplexity, which is no perplexity.

Math:   pseudo-perplexity = exp(-1/N sum_t log P(w_t | all other tokens of its line)),
        each of the N tokens masked in turn; line ends are not counted
        accuracy = tokens that are the most probable in their blank / N
The product of these P is the probability of no text: so the figure stands beside no
perplexity of a causal model, whose tokens see their left side alone.
References: Wang & Cho (2019); Salazar, Liang, Nguyen & Kirchhoff (2020).
"""

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any, Self

import numpy as np

from keraslm import measures
from keraslm.accuracy import Accuracy
from keraslm.card import OOV_RULE, name_of_text
from keraslm.text.vocabulary import Vocabulary
from keraslm.version import __version__

MOST = 25_000  # tokens that are measured: each is a pass over its line
COUNTED = "each token of a line masked in turn; line ends are not counted"
LANGUAGE = "language"
MASKS = "of the tokens in training, one a line at least, each read as the mask"
NO_MASKS = "in training; every token is predicted from the others"


@dataclasses.dataclass(frozen=True)
class Read:
    """Tokens that were masked in turn, and how probable each was in its blank."""

    tokens: int
    oov: int
    nats: float
    nats_without_oov: float
    accuracy: Accuracy

    @classmethod
    def of(
        cls,
        lines: Sequence[np.ndarray],
        right_ones: Iterable[tuple[np.ndarray, np.ndarray]],
    ) -> Self:
        """Sum up P of each line's tokens, and whether each is the most probable."""
        found = list(right_ones)
        nats = -np.log(np.concatenate([shares for shares, _ in found]))
        is_best = np.concatenate([best for _, best in found])
        is_oov = np.concatenate(lines) == Vocabulary.unknown_id
        right = int(np.sum(is_best))
        return cls(
            len(nats),
            int(np.sum(is_oov)),
            float(np.mean(nats)),
            float(np.mean(nats[~is_oov])) if not is_oov.all() else float("nan"),
            Accuracy(right, len(nats) - right, 0),
        )

    @property
    def pseudo_perplexity(self) -> float:
        """The pseudo-perplexity of all tokens."""
        return measures.perplexity(self.nats)

    def to_dict(self) -> dict[str, Any]:
        """Give the figures as JSON has them."""
        low, high = self.accuracy.interval()
        return {
            "tokens": self.tokens,
            "oov_tokens": self.oov,
            "nats_per_token": self.nats,
            "pseudo_perplexity": self.pseudo_perplexity,
            "pseudo_perplexity_without_oov": measures.perplexity(self.nats_without_oov),
            "accuracy": self.accuracy.share,
            "right": self.accuracy.right,
            "interval": [low, high],
        }


@dataclasses.dataclass(frozen=True)
class MaskedCard:
    """What was measured, on what, under which rules.

    Units: `seconds` wall-clock
    """

    model: str
    tokenizer: str
    level: str
    vocabulary_size: int
    vocabulary_hash: str
    context: int
    text: str
    text_sha256: str
    part: str
    text_lines: int
    text_tokens: int
    lines: int
    read: Read
    mask_share: float | None
    """The share of the tokens that training masked; None if it masked none."""
    grammar: Read | None
    """What the grammar of the language comes to in the same blanks, if it is known."""
    seconds: float
    command: str = ""

    @property
    def masking(self) -> str:
        """The rule by which training masked tokens, behind their share."""
        return NO_MASKS if self.mask_share is None else MASKS

    @property
    def name_of_text(self) -> str:
        """The text's name, and whether the model has learnt from it."""
        return name_of_text(self.text, self.part)

    def to_dict(self) -> dict[str, Any]:
        """Give the card as the JSON object that is written and printed."""
        own = {
            name: getattr(self, name)
            for name in (
                "model",
                "tokenizer",
                "level",
                "vocabulary_size",
                "vocabulary_hash",
                "context",
                "text",
                "text_sha256",
                "part",
                "text_lines",
                "text_tokens",
                "lines",
            )
        }
        known = {} if self.grammar is None else {LANGUAGE: self.grammar.to_dict()}
        return {
            "objective": "masked",
            **own,
            "counted": COUNTED,
            "masking": {"share": self.mask_share or 0.0, "rule": self.masking},
            "oov_rule": OOV_RULE,
            **self.read.to_dict(),
            "details": known,
            "seconds": self.seconds,
            "tokens_per_second": self.read.tokens / self.seconds,
            "version": __version__,
            "command": self.command,
        }
