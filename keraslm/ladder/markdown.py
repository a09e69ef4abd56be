"""The ladder as a page of Markdown: a table, what is marked in it, the failures."""

import pathlib
from collections.abc import Sequence

from keraslm.files import write_atomically
from keraslm.ladder.result import Result
from keraslm.measures import name_of_text

HEADINGS = (
    "model",
    "parameters",
    "bytes",
    "seconds",
    "perplexity",
    "nats/token",
    "bits/character",
)


def cells(result: Result) -> tuple[str, ...]:
    """Give the cells of a row; of a rung that failed, its name alone."""
    mark = " *" if result.note else ""
    if result.failure:
        return (result.title + mark, "", "", f"{result.seconds:.1f}", "failed", "", "")
    card = result.card
    return (
        result.title + mark,
        f"{result.parameters:,}",
        f"{result.bytes:,}",
        f"{result.seconds:.1f}",
        f"{result.perplexity:,.2f}",
        f"{card['nats_per_token']:.4f}",
        f"{card['bits_per_character']:.4f}",
    )


def remarks(results: Sequence[Result]) -> list[str]:
    """Say what the marks mean, and why what failed has failed."""
    notes = [f"* {r.title}: {r.note}" for r in results if r.note and not r.failure]
    return notes + [f"{r.title} failed: {r.failure}" for r in results if r.failure]


def heading(results: Sequence[Result]) -> str:
    """Say what all rungs are measured on."""
    card = next((r.card for r in results if not r.failure), None)
    if card is None:
        return "no rung has figures"
    oov = f", {card['oov_tokens']:,} of them <unk>" if card["oov_tokens"] else ""
    text = name_of_text(card["text"], card.get("part", ""))
    return (
        f"{text}: {card['tokens']:,} tokens{oov}; vocabulary of "
        f"{card['vocabulary_size']:,}; lower is better"
    )


def write_markdown(
    results: Sequence[Result], path: pathlib.Path, command: str = ""
) -> None:
    """Write the page, atomically."""
    rule = ["---", *["---:"] * (len(HEADINGS) - 1)]
    table = [HEADINGS, rule, *map(cells, results)]
    lines = ["# The ladder", "", _escaped(heading(results)), ""]
    lines += [f"| {' | '.join(map(_escaped, row))} |" for row in table]
    lines += ["", *[f"- {_escaped(remark)}" for remark in remarks(results)]]
    if command:
        lines += ["", "```", command, "```"]  # indented, it would belong to the list
    with write_atomically(path) as temporary:
        temporary.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


def _escaped(text: str) -> str:
    for sign in "\\|*<_`":
        text = text.replace(sign, f"\\{sign}")
    return text
