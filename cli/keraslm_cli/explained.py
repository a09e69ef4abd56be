"""How each token of a text was drawn: as tables, as JSON, as a page."""

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from keraslm_cli import console
from keraslm_cli.visible import token_name

if TYPE_CHECKING:
    from keraslm.language_model import LanguageModel
    from keraslm.sampling.trace import Step

TOP = 5  # tokens of a step that are shown one by one


def show(
    model: "LanguageModel", prompt: str, how: dict[str, Any], form: str, top: int | None
) -> None:
    """Write a text and show how; JSON and the page when all is written."""
    written = model.explain(prompt, **how)
    if form == "table":
        _print_tables(model, prompt, written)
    elif form == "json":
        console.print_json(_as_json(model, prompt, how, written, top))
    else:
        _print_page(model, prompt, how, written)


def _as_json(
    model: "LanguageModel",
    prompt: str,
    how: dict[str, Any],
    written: Iterable[tuple[str, "Step"]],
    top: int | None,
) -> dict[str, Any]:
    pieces, steps = [], []
    for piece, step in written:
        pieces.append(piece)
        steps.append({"piece": piece, **step.to_dict(model.vocabulary.tokens, top)})
    text = "".join(pieces)
    return {"model": model.name, "prompt": prompt, "text": text, **how, "steps": steps}


def _print_page(
    model: "LanguageModel",
    prompt: str,
    how: dict[str, Any],
    written: Iterator[tuple[str, "Step"]],
) -> None:
    from keraslm.sampling.trace_page import trace_page

    settings = ", ".join(
        f"{name.replace('_', '-')} {value}"
        for name, value in how.items()
        if value is not None and name != "length"
    )
    title = f"How {model.name} drew each token"
    tokens = model.vocabulary.tokens
    sys.stdout.write(trace_page(title, settings, prompt, list(written), tokens, TOP))


def _print_tables(
    model: "LanguageModel", prompt: str, written: Iterable[tuple[str, "Step"]]
) -> None:
    names = model.vocabulary.tokens
    pieces = []
    for number, (piece, step) in enumerate(written, start=1):
        pieces.append(piece)
        drawn = token_name(names[step.token])
        console.print_styled(f"{number}. {drawn}", "bold")
        console.say(
            f"The random number {step.point:.4f} fell on {drawn}, the part of the line "
            f"from {step.low:.4f} to {step.high:.4f}."
        )
        _print_step(step, names)
        console.print_blank()
    console.print_text(prompt, "dim")
    console.print_text("".join(pieces))
    console.print_blank()


def _print_step(step: "Step", names: tuple[str, ...]) -> None:
    shown = step.shown(TOP)
    rows = [
        (token_name(names[i]), *(_share(float(column[i])) for column in step.columns))
        for i in shown
    ]
    left = len(step.raw) - len(shown)
    if left:
        rows.append((f"the other {left:,}", *map(_share, step.others(shown))))
    tokens = [f"{stage.tokens:,}" for stage in step.stages]
    kept = [f"{stage.kept:.2%}" for stage in step.stages]
    rows += [("tokens left", f"{step.possible:,}", *tokens), ("kept", "", *kept)]
    titles = [stage.title for stage in step.stages]
    headings = ("token", "model", *titles)
    right = range(1, len(headings))
    console.print_table(headings, rows, right, 2 + bool(left), leave=titles[:-1])


def _share(value: float) -> str:
    return f"{value:.4f}" if value else "-"
