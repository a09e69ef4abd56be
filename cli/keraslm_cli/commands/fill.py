"""keraslm fill: what may stand in the blank of a sentence."""

from typing import TYPE_CHECKING, Any

import click

from keraslm_cli import completion, console, masked, models, ranked
from keraslm_cli.help_page import number_option

if TYPE_CHECKING:
    import numpy as np

    from keraslm.blanks import Filling


@click.command()
@click.argument("model", shell_complete=completion.files)
@click.argument("sentence", type=click.UNPROCESSED)
@models.level_option
@number_option(
    "--top", 10, "How many tokens to show; the others are added up.", least=1
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(
    model: str, sentence: str, level: str | None, top: int, as_json: bool
) -> None:
    """Rank what may stand in the blank, ___, of SENTENCE.

    A masked model reads both sides of it in one pass. Any other language model scores
    the sentence with each token in the blank, as a whole line; that takes longer. The
    last row adds up all other tokens, so a column sums to one. Beside a model that
    learnt village stands the truth, by the grammar, which MODEL may also be:
    truth:village.
    """
    opened, filling = _filled(model, sentence, level)
    answer = ranked.Answer(
        f"{opened.name}: {sentence}",
        filling.best(top),
        _truth(opened, sentence),
        "The grammar of village has no line with these words.",
    )
    ranked.tell(opened, {"sentence": sentence}, "fill", answer, as_json)


def _filled(model: str, sentence: str, level: str | None) -> "tuple[Any, Filling]":
    """Open a model and let it fill the blank."""
    from keraslm.blanks import Blank, fill

    models.check_there(model)
    if masked.is_masked(model):
        from keraslm.masked import load

        opened = load(model)
        return opened, opened.fill(sentence)
    causal = models.open_model(model, level)
    Blank.read(sentence, causal.encoder)
    with console.working(f"scoring each filled sentence by {causal.name}"):
        return causal, fill(causal, sentence)


def _truth(model: Any, sentence: str) -> "np.ndarray | None":
    """Give P by the grammar of the language that a model learnt; 0 if none is so.

    Shapes: -> (vocabulary,)
    """
    import numpy as np

    from keraslm.blanks import fill
    from keraslm.errors import KeraslmError
    from keraslm.truth import truth_beside

    truth = truth_beside(model)
    try:
        return None if truth is None else fill(truth, sentence).probabilities
    except KeraslmError:
        return np.zeros(len(model.vocabulary))
