"""keraslm next: the tokens that a model thinks may come next."""

from typing import TYPE_CHECKING, Any

import click

from keraslm_cli import completion, console, models
from keraslm_cli.comparison import bars_of
from keraslm_cli.help_page import number_option
from keraslm_cli.visible import token_name

if TYPE_CHECKING:
    import numpy as np

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
    tokens, so a column sums to one. Beside a model that learnt village stands the
    truth: the probability by the grammar that wrote the text, which MODEL may also be:
    truth:village.
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


def _truth(model: "LanguageModel", prompt: str) -> "np.ndarray | None":
    """Give P by the grammar of the language that a model learnt; 0 if none begins so.

    Shapes: -> (vocabulary,)
    """
    import numpy as np

    from keraslm.truth import truth_beside
    from keraslm.truth_stream import ImpossiblePrefix

    truth = truth_beside(model)
    try:
        return None if truth is None else truth.next_token_probabilities(prompt)
    except ImpossiblePrefix:
        return np.zeros(len(model.vocabulary))


def _as_json(
    model: "LanguageModel",
    prompt: str,
    rows: list[tuple[str, float]],
    others: float,
    truth: "np.ndarray | None",
) -> dict[str, Any]:
    tokens: list[dict[str, Any]] = [{"token": t, "probability": p} for t, p in rows]
    if truth is not None:
        for told in tokens:
            told["truth"] = float(truth[model.vocabulary[told["token"]]])
    return {"model": model.name, "prompt": prompt, "next": tokens, "others": others}


def _print(
    model: "LanguageModel",
    rows: list[tuple[str, float]],
    others: float,
    truth: "np.ndarray | None",
) -> None:
    """Print a table: bars where there is room, the truth where it is known."""
    tokens, columns = [token for token, _ in rows], [[p for _, p in rows]]
    if truth is not None:
        columns.append([float(truth[model.vocabulary[token]]) for token in tokens])
    names = [token_name(token) for token in tokens]
    if left := len(model.vocabulary) - len(rows):
        names.append(f"the other {left:,} tokens")
        columns[0].append(others)
        if truth is not None:
            columns[1].append(max(float(truth.sum()) - sum(columns[1]), 0.0))
    figures = [[f"{p:.4f}" for p in column] for column in columns]
    bars = bars_of(columns[0], BAR)
    headings = ("token", "probability", "truth")[: 1 + len(columns)]
    lines = list(zip(names, *figures, bars, strict=True))
    right = range(1, len(headings))
    console.print_table((*headings, ""), lines, right, bool(left), ("",))
    if truth is not None and not truth.any():
        console.say("The grammar of village has no line that begins so.")
