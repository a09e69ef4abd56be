"""keraslm next: the tokens that a model thinks may come next."""

from typing import TYPE_CHECKING

import click

from keraslm_cli import completion, models, ranked
from keraslm_cli.help_page import number_option

if TYPE_CHECKING:
    import numpy as np

    from keraslm.language_model import LanguageModel


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
    answer = ranked.Answer(
        f"{language_model.name} after {prompt!r}",
        _most_probable(language_model, prompt, top),
        _truth(language_model, prompt),
        "The grammar of village has no line that begins so.",
    )
    ranked.tell(language_model, {"prompt": prompt}, "next", answer, as_json)


def _most_probable(model: "LanguageModel", prompt: str, top: int) -> ranked.Rows:
    """Give the tokens with their probabilities, best first."""
    import numpy as np

    probabilities = model.next_token_probabilities(prompt)
    best = np.argsort(-probabilities, kind="stable")[:top]
    return [(model.vocabulary.token(i), float(probabilities[i])) for i in best.tolist()]


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
