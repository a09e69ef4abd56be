"""The ladder as a page of Markdown: a table, what is marked in it, the failures."""

import dataclasses
import pathlib
from collections.abc import Sequence

from keraslm.card import Card
from keraslm.files.writing import write_atomically
from keraslm.floor import ENTROPY_NAME, FLOOR_MEANING, GRAMMAR_NAME, Figures, Floor
from keraslm.ladder.kinds import MEANING
from keraslm.ladder.result import Result, floor_of, ranks
from keraslm.ranking import counted, ranking_rule, unknown_warning

KNOWN = "known tokens"
ABOVE = "above grammar"
NAMES = ("model", "kind", "classes")  # columns of names, not of numbers
HARDLY = "†"  # at the name of a rung that is near a uniform guess


@dataclasses.dataclass(frozen=True)
class Table:
    """The table of a ladder: its columns, and a row a rung.

    The perplexity of known tokens is there where a token is unknown, how far a rung is
    above the grammar where the grammar is known; its own two rows are then the last.
    """

    headings: tuple[str, ...]
    rows: list[tuple[str, ...]]
    foot: int  # rows of the floor


def table(results: Sequence[Result]) -> Table:
    """Put the results in a table, in the order of the rungs."""
    floor, card, places = floor_of(results), _card(results), ranks(results)
    rows = [_row(result, places.get(result.name), floor) for result in results]
    foot = [] if floor is None else _floor_rows(floor)
    hidden = set() if card and card.oov_tokens else {KNOWN}
    hidden |= set() if floor else {ABOVE}
    headings = tuple(h for h in rows[0] if h not in hidden) if rows else ("model",)
    cells = [tuple(row.get(h, "") for h in headings) for row in [*rows, *foot]]
    return Table(headings, cells, len(foot))


def _row(result: Result, place: int | None, floor: Floor | None) -> dict[str, str]:
    """Give the cells of a rung by column; of one that failed, its name and its time."""
    name = result.title + " *" * bool(result.note)
    name += f" {HARDLY}" * result.hardly_trained
    card = None if result.failure else Card(**result.card)
    return {
        "model": name,
        "kind": result.kind.name,
        "classes": result.kind.classes,
        "rank": f"{place}" if card else "",
        **(_costs(card, floor) if card else _costs_of_failure()),
        "parameters": f"{result.parameters:,}" if card else "",
        "bytes": f"{result.bytes:,}" if card else "",
        "seconds": f"{result.seconds:.1f}",
    }


def _costs_of_failure() -> dict[str, str]:
    names = (KNOWN, ABOVE, "nats/token", "bits/character")
    return {"perplexity": "failed", **dict.fromkeys(names, "")}


def _costs(figures: Card | Figures, floor: Floor | None) -> dict[str, str]:
    above = floor.above(figures) if floor and isinstance(figures, Card) else None
    return {
        "perplexity": f"{figures.perplexity:,.2f}",
        KNOWN: f"{figures.perplexity_without_oov:,.2f}",
        ABOVE: "" if above is None else f"{above:,.1%}",
        "nats/token": f"{figures.nats_per_token:.4f}",
        "bits/character": f"{figures.bits_per_character:.4f}",
    }


def _floor_rows(floor: Floor) -> list[dict[str, str]]:
    named = ((GRAMMAR_NAME, floor.grammar), (ENTROPY_NAME, floor.entropy))
    return [{"model": name, **_costs(figures, None)} for name, figures in named]


def remarks(results: Sequence[Result]) -> list[str]:
    """Say what the marks mean, what to be wary of, and why what failed has failed."""
    measured = [result for result in results if not result.failure]
    notes = [f"* {r.title}: {r.note}" for r in measured if r.note]
    if hardly := [r.title for r in measured if r.hardly_trained]:
        notes.append(
            f"{HARDLY} hardly trained, near a uniform guess: {', '.join(hardly)}; "
            "give the ladder more minutes"
        )
    if any(r.kind.classes for r in measured):
        notes.append(MEANING)
    if floor_of(results):
        notes.append(FLOOR_MEANING)
    if measured and (warning := unknown_warning(Card(**measured[0].card))):
        notes.append(f"Warning: {warning}")
    return notes + [f"{r.title} failed: {r.failure}" for r in results if r.failure]


def heading(results: Sequence[Result]) -> str:
    """Say what all rungs are measured on, and what they are ranked by."""
    card = _card(results)
    if card is None:
        return "no rung has figures"
    vocabulary = f"vocabulary of {card.vocabulary_size:,}"
    return f"{counted(card)}; {vocabulary}; {ranking_rule(card)}"


def caption(results: Sequence[Result]) -> str:
    """Say under a picture's title what all rungs are measured on."""
    card = _card(results)
    return "" if card is None else f"{counted(card)}; {ranking_rule(card)}"


def _card(results: Sequence[Result]) -> Card | None:
    """Give a card of the rungs, which all count the same."""
    return next((Card(**r.card) for r in results if not r.failure), None)


def write_markdown(
    results: Sequence[Result], path: pathlib.Path, command: str = ""
) -> None:
    """Write the page, atomically."""
    found = table(results)
    rule = ["---" if h in NAMES else "---:" for h in found.headings]
    rows = [found.headings, rule, *found.rows]
    lines = ["# The ladder", "", _escaped(heading(results)), ""]
    lines += [f"| {' | '.join(map(_escaped, row))} |" for row in rows]
    lines += ["", *[f"- {_escaped(remark)}" for remark in remarks(results)]]
    if command:
        lines += ["", "```", command, "```"]  # indented, it would belong to the list
    with write_atomically(path) as temporary:
        temporary.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


def _escaped(text: str) -> str:
    for sign in "\\|*<_`":
        text = text.replace(sign, f"\\{sign}")
    return text
