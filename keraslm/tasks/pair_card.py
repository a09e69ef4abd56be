"""The card of a translator: which outputs are their target, by length and group."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np

from keraslm.accuracy import Accuracy
from keraslm.card import name_of_text
from keraslm.tasks.bleu import Bleu, bleu_of
from keraslm.tasks.card import accuracy_of, figures
from keraslm.tasks.pairs import PairedText
from keraslm.version import __version__

if TYPE_CHECKING:
    import pandas as pd

COUNTED = "every pair of the text once, as the model writes it without its target"
TOKENS = "places of the target, its end counted, at which the output has the same token"
WIDTHS = (1, 2, 5, 10, 20, 50, 100, 200, 500)
MOST_BINS = 8

Tokens = Sequence[Sequence[str]]
"""The tokens of each text."""


class OfLength(NamedTuple):
    """The pairs whose source has `low` to `high` tokens, and how many are right."""

    low: int
    high: int
    exact: Accuracy


@dataclasses.dataclass(frozen=True)
class TranslationCard:
    """What was measured, on what, under which rules.

    Math:   exact match = outputs that are their target, token for token / pairs
            token accuracy = places k <= |y| + 1 with y'_k = y_k / sum of |y| + 1,
            y the target and y' the output, </s> behind each
    Units: `seconds` wall-clock
    """

    model: str
    text: str
    text_sha256: str
    exact: Accuracy
    tokens: Accuracy
    by_length: tuple[OfLength, ...]
    by_group: dict[str, Accuracy]
    """Of named groups of pairs, such as the formats of dates."""
    bleu: Bleu | None
    unit: str
    """What a token of a target is: "characters" or "words"."""
    source_unit: str
    """What a token of a source is, in which its length is counted."""
    seconds: float
    part: str = ""
    """Of the model's corpus: train, valid, test, or whole, from which they were cut."""
    command: str = ""
    references: dict[str, float] = dataclasses.field(default_factory=dict)
    """What the exact match is compared with."""

    @classmethod
    def of(
        cls,
        model: str,
        text: PairedText,
        sources: Tokens,
        targets: Tokens,
        outputs: Tokens,
        seconds: float,
        unit: str = "words",
        source_unit: str = "words",
        groups: Sequence[str] = (),
        bleu: bool = False,
        part: str = "",
        command: str = "",
    ) -> Self:
        """Compare the outputs of a model with the targets of a text, all as tokens.

        `groups` names the group of each pair, if there are any.
        Raises: MissingExtra for `bleu` without sacreBLEU.
        """
        right = np.array(
            [list(o) == list(t) for o, t in zip(outputs, targets, strict=True)]
        )
        lengths = np.array([len(source) for source in sources])
        return cls(
            model,
            text.name,
            text.sha256,
            accuracy_of(right),
            token_accuracy(outputs, targets),
            by_length(lengths, right),
            by_group(groups, right),
            bleu_of(outputs, targets) if bleu else None,
            unit,
            source_unit,
            seconds,
            part,
            command,
        )

    @property
    def name_of_text(self) -> str:
        """The text's name, and whether the model has learnt from it."""
        return name_of_text(self.text, self.part)

    def to_dict(self) -> dict[str, Any]:
        """Give the card as the JSON object that is written and printed."""
        pairs, bleu = self.exact.n, self.bleu
        return {
            "task": "seq2seq",
            "model": self.model,
            "text": self.text,
            "part": self.part,
            "text_sha256": self.text_sha256,
            "counted": COUNTED,
            **figures(self.exact),
            "tokens": {"rule": TOKENS, "unit": self.unit, **figures(self.tokens)},
            "bleu": None if bleu is None else dataclasses.asdict(bleu),
            "references": self.references,
            "source_unit": self.source_unit,
            "by_length": [
                {"from": each.low, "to": each.high, **figures(each.exact)}
                for each in self.by_length
            ],
            "by_group": {n: figures(found) for n, found in self.by_group.items()},
            "seconds": self.seconds,
            "pairs_per_second": pairs / self.seconds if self.seconds else None,
            "version": __version__,
            "command": self.command,
        }


def length_table(cards: Mapping[str, TranslationCard]) -> "pd.DataFrame":
    """Give the exact match by length, and of all pairs, of models by their names.

    Its columns are model, by ("length" or "all"), group, n, accuracy, low and high.
    """
    import pandas as pd

    rows = [
        {"model": name, "by": by, "group": group, **found.to_dict()}
        for name, card in cards.items()
        for by, group, found in (
            *(("length", f"{e.low} to {e.high}", e.exact) for e in card.by_length),
            ("all", "", card.exact),
        )
    ]
    columns = ["model", "by", "group", "n", "accuracy", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def token_accuracy(outputs: Tokens, targets: Tokens) -> Accuracy:
    """Count the places of the targets, their ends too, that the outputs have right."""
    right = [
        sum(o == t for o, t in zip(output, target, strict=False))
        + (len(output) == len(target))
        for output, target in zip(outputs, targets, strict=True)
    ]
    places = sum(len(target) + 1 for target in targets)
    return Accuracy(sum(right), places - sum(right), 0)


def by_length(lengths: np.ndarray, right: np.ndarray) -> tuple[OfLength, ...]:
    """Count the right ones in groups of equal width, of at most 8 and none empty.

    Shapes: tokens of each source (pairs,), whether its output is right (pairs,)
    """
    longest = int(lengths.max(initial=1))
    wide = (w for w in WIDTHS if -(-longest // w) <= MOST_BINS)
    width = next(wide, -(-longest // MOST_BINS))
    bins = (lengths - 1) // width
    return tuple(
        OfLength(
            int(number) * width + 1,
            int(number + 1) * width,
            accuracy_of(right[bins == number]),
        )
        for number in np.unique(bins)
    )


def by_group(groups: Sequence[str], right: np.ndarray) -> dict[str, Accuracy]:
    """Count the right ones of each group, the groups in the order of their names.

    Shapes: right (pairs,), one for each name; no names are no groups
    """
    named = np.array(groups)
    return {str(name): accuracy_of(right[named == name]) for name in np.unique(named)}
