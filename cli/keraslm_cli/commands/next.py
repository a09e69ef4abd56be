"""keraslm next: the tokens that a model thinks may come next."""

from typing import TYPE_CHECKING, Any

import click

from keraslm_cli import completion, console, models
from keraslm_cli.comparison import bars_of
from keraslm_cli.help_page import number_option
from keraslm_cli.visible import token_name

if TYPE_CHECKING:
    from keraslm.language_model import LanguageModel

BAR = 24  # columns of the longest bar


@click.command()
@click.argument("model", shell_complete=completion.files)
@click.argument("prompt", type=click.UNPROCESSED, default="")
@models.level_option
@number_option(
    "--top", 10, "How many tokens to show; the others are added up.", least=1
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(
    model: str, prompt: str, level: str | None, top: int, as_json: bool
) -> None:
    """Show the most probable next tokens after PROMPT.

    Without a prompt, those at the beginning of a line. The last row adds up all other
    tokens, so a column sums to one. Of a model of words that learnt village, the truth
    stands beside it: the probability by the grammar that wrote the text.
    """
    language_model = models.open_model(model, level)
    rows, others = most_probable(language_model, prompt, top)
    truth = _truth(language_model, prompt)
    if as_json:
        console.print_json(_as_json(language_model, prompt, rows, others, truth))
        return
    console.print_styled(f"{language_model.name} after {prompt!r}", "bold")
    _print(language_model, rows, others, truth)


def most_probable(
    model: "LanguageModel", prompt: str, top: int
) -> tuple[list[tuple[str, float]], float]:
    """Give the tokens with their probabilities, best first, and what others have."""
    import numpy as np

    probabilities = model.next_token_probabilities(prompt)
    best = np.argsort(-probabilities, kind="stable")[:top]
    rows = [(model.vocabulary.token(i), float(probabilities[i])) for i in best.tolist()]
    return rows, max(1 - sum(p for _, p in rows), 0.0)


def _truth(model: "LanguageModel", prompt: str) -> dict[str, float] | None:
    """Give what the grammar of village says, by token, for a model that learnt it."""
    from keraslm.floor import LANGUAGE

    details = model.metadata.get("card", {}).get("details", {})
    if LANGUAGE not in details or model.vocabulary.level != "word":
        return None
    from keraslm_datasets import village

    found = village.next_token_probabilities(prompt.rpartition("\n")[2])
    line_end = model.vocabulary.token(model.vocabulary.boundary_id)
    return {line_end if w == village.LINE_END else w: p for w, p in found.items()}


def _as_json(
    model: "LanguageModel",
    prompt: str,
    rows: list[tuple[str, float]],
    others: float,
    truth: dict[str, float] | None,
) -> dict[str, Any]:
    tokens = [
        {"token": token, "probability": p}
        | ({} if truth is None else {"truth": truth.get(token, 0.0)})
        for token, p in rows
    ]
    return {"model": model.name, "prompt": prompt, "next": tokens, "others": others}


def _print(
    model: "LanguageModel",
    rows: list[tuple[str, float]],
    others: float,
    truth: dict[str, float] | None,
) -> None:
    """Print a table: bars where there is room, the truth where it is known."""
    tokens, columns = [token for token, _ in rows], [[p for _, p in rows]]
    if truth is not None:
        columns.append([truth.get(token, 0.0) for token in tokens])
    names = [token_name(token) for token in tokens]
    if left := len(model.vocabulary) - len(rows):
        names.append(f"the other {left:,} tokens")
        columns[0].append(others)
        for column in columns[1:]:
            column.append(max(sum(truth.values()) - sum(column), 0.0) if truth else 0.0)
    figures = [[f"{p:.4f}" for p in column] for column in columns]
    bars = bars_of(columns[0], BAR)
    headings = ("token", "probability", "truth")[: 1 + len(columns)]
    lines = list(zip(names, *figures, bars, strict=True))
    right = range(1, len(headings))
    console.print_table((*headings, ""), lines, right, bool(left), ("",))
    if truth == {}:
        console.say("The grammar of village has no line that begins so.")
