"""Measured models side by side: as a table, as JSON and as a picture."""

import dataclasses
import math
import pathlib
from typing import TYPE_CHECKING, Any, Protocol

from keraslm_cli import console

if TYPE_CHECKING:
    from keraslm.card import Card, Reading
    from keraslm.floor import Figures, Floor
    from keraslm.language_model import LanguageModel

SHORTEST, LONGEST = 8, 24  # columns of the longest bar in the table
LEAVE = ("tokens/s", "seconds", "bits/char", "parameters", "nats/token")


@dataclasses.dataclass(frozen=True)
class Row:
    """A model, by a name of its own, and what was measured; a mixture has no path."""

    name: str
    path: str | None
    model: "LanguageModel"
    reading: "Reading"
    card: "Card"

    def to_dict(self) -> dict[str, Any]:
        """Give the card as JSON has it, with the model's own name and place."""
        own = {"name": self.name, "path": self.path}
        return own | {"parameters": self.model.parameters} | self.card.to_dict()


class Comparison(Protocol):
    """Ranked rows, and the ways to show them."""

    rows: list[Row]

    def print_table(self) -> None:
        """Print a table, with notes on what its figures mean."""

    def to_dict(self) -> dict[str, Any]:
        """Give what `--json` prints."""

    def draw(self, path: pathlib.Path) -> None:
        """Draw the picture."""


class Perplexities:
    """Models that measured the same tokens: ranked by the perplexity of known ones."""

    def __init__(self, rows: list[Row]) -> None:
        from keraslm.floor import Floor
        from keraslm.ranking import rank

        self.rows = sorted(rows, key=lambda row: rank(row.card))
        self.card = self.rows[0].card
        self.floor = Floor.of_card(self.card.to_dict())

    @property
    def title(self) -> str:
        """What was measured, and what models are ranked by."""
        from keraslm.ranking import counted, ranking_rule

        return f"{counted(self.card)}; {ranking_rule(self.card)}"

    @property
    def warnings(self) -> list[str]:
        """What makes the figures mean less than they seem to."""
        from keraslm.ranking import unknown_warning

        warning = unknown_warning(self.card)
        return [] if warning is None else [warning]

    def print_table(self) -> None:
        """Print the models, the best first, and below them the floor."""
        from keraslm.floor import FLOOR_MEANING

        cells = [_cells(row, self.floor) for row in self.rows]
        cells += _floor_cells(self.floor)
        hidden = set() if self.card.oov_tokens else {"known tokens"}
        hidden |= set() if self.floor else {"above grammar"}
        headings = tuple(name for name in cells[0] if name not in hidden)
        lines = [tuple(each.get(name, "") for name in headings) for each in cells]
        known = [row.card.perplexity_without_oov for row in self.rows]
        if self.floor:
            figures = (self.floor.grammar, self.floor.entropy)
            known += [each.perplexity_without_oov for each in figures]
        console.print_styled(self.title, "bold")
        foot = len(cells) - len(self.rows)
        print_with_bars(headings, lines, known, LEAVE, foot)
        notes = [FLOOR_MEANING] if self.floor else []
        for note in notes + [f"Warning: {warning}" for warning in self.warnings]:
            console.say(note)

    def to_dict(self) -> dict[str, Any]:
        """Give the cards, ranked."""
        return {
            "compared_in": "perplexity",
            "ranked_by": "perplexity_without_oov",
            "models": [row.to_dict() for row in self.rows],
            "floor": dataclasses.asdict(self.floor) if self.floor else None,
            "notes": self.warnings,
        }

    def draw(self, path: pathlib.Path) -> None:
        """Draw a bar a model; a second one of all tokens where some are unknown."""
        from keraslm.figures.comparison import Bar, draw_comparison
        from keraslm.figures.floor import lines_of

        some = bool(self.card.oov_tokens)
        cards = [(row.name, row.card) for row in self.rows]
        bars = [
            Bar(name, card.perplexity_without_oov, card.perplexity if some else None)
            for name, card in cards
        ]
        draw_comparison(bars, path, lines_of(self.floor), subtitle=self.title)


def _cells(row: Row, floor: "Floor | None") -> dict[str, str]:
    """Give the cells of a model by column, the most telling ones first."""
    card = row.card
    above = f"{floor.above(card):,.1%}" if floor else ""
    return {
        "model": row.name,
        **_costs(card, above),
        "parameters": f"{row.model.parameters:,}",
        "seconds": console.number(card.seconds, 2),
        "tokens/s": console.number(card.tokens_per_second, 0),
    }


def _costs(figures: "Card | Figures", above: str) -> dict[str, str]:
    return {
        "perplexity": console.number(figures.perplexity),
        "known tokens": console.number(figures.perplexity_without_oov),
        "above grammar": above,
        "nats/token": console.number(figures.nats_per_token),
        "bits/char": console.number(figures.bits_per_character),
    }


def _floor_cells(floor: "Floor | None") -> list[dict[str, str]]:
    from keraslm.floor import ENTROPY_NAME, GRAMMAR_NAME

    if floor is None:
        return []
    return [
        {"model": GRAMMAR_NAME, **_costs(floor.grammar, "")},
        {"model": ENTROPY_NAME, **_costs(floor.entropy, "")},
    ]


def print_with_bars(
    headings: tuple[str, ...],
    lines: list[tuple[str, ...]],
    values: list[float],
    leave: tuple[str, ...],
    foot: int = 0,
) -> None:
    """Print a table, with a bar for each value if there is room for one to be read.

    `leave` names the columns that go first where the terminal is narrow.
    """
    right = range(1, len(headings))
    widest = max(map(console.width, console.plain_table(headings, lines, right)))
    bars = bars_of(values, min(console.terminal_width() - widest - 2, LONGEST))
    if any(bars):
        headings = (*headings, "")
        lines = [(*line, bar) for line, bar in zip(lines, bars, strict=True)]
    console.print_table(headings, lines, right, foot, ("", *leave))


def bars_of(values: list[float], longest: int) -> list[str]:
    """Draw each value as a bar from 0, if there is room for one to be read."""
    if longest < SHORTEST:
        return [""] * len(values)
    finite = [value for value in values if math.isfinite(value)]
    unit = longest / max(finite, default=1.0)
    return [
        "█" * max(round(value * unit), 1) if math.isfinite(value) else "░" * longest
        for value in values
    ]
