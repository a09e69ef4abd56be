"""Models of different level or vocabulary side by side, in bits a character alone."""

import pathlib
from typing import Any

from keraslm_cli import console
from keraslm_cli.comparison import Row, print_with_bars
from keraslm_cli.flags import in_flags

LEAVE = ("seconds", "parameters", "vocabulary", "level", "unknown")
FEW = 0.001  # of the characters; less is not worth a word


class BitsPerCharacter:
    """Models that read the same characters as different tokens.

    `reason` says what keeps their perplexities from being compared, and what to do.
    """

    def __init__(self, rows: list[Row], reason: str) -> None:
        from keraslm.floor import floor_of_characters
        from keraslm.spelling import character_cost

        text = rows[0].reading.text
        costs = [character_cost(row.card, row.model.encoder, text) for row in rows]
        pairs = sorted(zip(rows, costs, strict=True), key=lambda pair: pair[1].bits)
        self.rows = [row for row, _ in pairs]
        self.costs = [cost for _, cost in pairs]
        self.reason = reason
        self.spelt = any(row.card.oov_tokens for row in rows)
        self._text = text
        self.floor = floor_of_characters(text)

    @property
    def title(self) -> str:
        """What was measured, and what models are ranked by."""
        card = self.rows[0].card
        text = f"{card.name_of_text}: {card.characters:,} characters"
        return f"{text}; ranked by bits a character"

    def _notes(self) -> list[str]:
        """Say why there are no perplexities, and what the bits are of."""
        from keraslm.spelling import unpredicted_white_space

        notes = [
            "Only bits a character compare these models, not perplexities: "
            f"{in_flags(self.reason)}"
        ]
        if self.spelt:
            notes.append(
                "bits/char: unknown tokens are paid for as <unk> and then spelt, at 8 "
                "bits a byte of UTF-8 and 8 for the end; without spelling: as <unk> "
                "alone, which is less than the text costs"
            )
        words = any(row.card.level == "word" for row in self.rows)
        lost = unpredicted_white_space(self._text) if words else 0
        if lost > FEW * self._text.characters:
            notes.append(
                f"Warning: {lost:,} of the {self._text.characters:,} characters are "
                "white space that models of words do not predict, so theirs is too low"
            )
        return notes

    def print_table(self) -> None:
        """Print the models, the cheapest first, and why this is all."""
        lines = [
            self._line(row, cost)
            for row, cost in zip(self.rows, self.costs, strict=True)
        ]
        values = [cost.bits for cost in self.costs]
        values += self.floor.values()
        lines += [
            {"model": name, "bits/char": console.number(bits)}
            for name, bits in self.floor.items()
        ]
        hidden = set() if self.spelt else {"without spelling", "unknown"}
        headings = tuple(name for name in lines[0] if name not in hidden)
        cells = [tuple(line.get(name, "") for name in headings) for line in lines]
        console.print_styled(self.title, "bold")
        foot = len(lines) - len(self.rows)
        print_with_bars(headings, cells, values, LEAVE, foot)
        for note in self._notes():
            console.say(note)

    def _line(self, row: Row, cost: Any) -> dict[str, str]:
        card = row.card
        return {
            "model": row.name,
            "bits/char": console.number(cost.bits),
            "without spelling": console.number(cost.without_spelling),
            "unknown": f"{card.oov_tokens / card.tokens:.1%}",
            "level": card.level,
            "vocabulary": f"{card.vocabulary_size:,}",
            "parameters": f"{row.model.parameters:,}",
            "seconds": console.number(card.seconds, 2),
        }

    def to_dict(self) -> dict[str, Any]:
        """Give the cards, ranked, each with what it is ranked by."""
        pairs = zip(self.rows, self.costs, strict=True)
        return {
            "compared_in": "bits_per_character",
            "ranked_by": "bits_per_character_with_spelling",
            "models": [
                row.to_dict() | {"bits_per_character_with_spelling": cost.bits}
                for row, cost in pairs
            ],
            "floor": dict(
                zip(("grammar", "entropy"), self.floor.values(), strict=False)
            ),
            "notes": self._notes(),
        }

    def draw(self, path: pathlib.Path) -> None:
        """Draw a bar a model; a second one without the spelling of unknown tokens."""
        from keraslm.figures.comparison import Bar, draw_comparison
        from keraslm.figures.floor import lines_at

        pairs = zip(self.rows, self.costs, strict=True)
        bars = [
            Bar(row.name, cost.bits, cost.without_spelling if self.spelt else None)
            for row, cost in pairs
        ]
        draw_comparison(
            bars,
            path,
            lines_at(self.floor),
            "Bits a character on the same text",
            self.title,
            "bits a character",
            ("with spelling", "without spelling"),
        )
