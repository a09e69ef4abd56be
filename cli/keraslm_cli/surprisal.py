"""Two models side by side on the tokens of a text, in bits."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from keraslm.errors import UsageError
from keraslm_cli import console, models
from keraslm_cli.sentences import given_sentences
from keraslm_cli.visible import token_name

if TYPE_CHECKING:
    import numpy as np

    from keraslm.language_model import LanguageModel
    from keraslm.surprisal import Surprisals

UNKNOWN = "not in the vocabulary: scored as <unk>"


def show(
    paths: tuple[str, ...],
    texts: tuple[str, ...],
    level: str | None,
    as_json: bool,
    encoding: str,
) -> None:
    """Compare two models on sentences, with the truth where it is known, and print it.

    Raises: UsageError if there are not two models, or a sentence is not the same tokens
        for both.
    """
    from keraslm.surprisal import surprisals
    from keraslm.truth import told_alike
    from keraslm_cli.commands.compare import labels

    if len(paths) != 2:
        raise UsageError(
            "--difference is of two models, then the texts: "
            f"keraslm score --difference A B [TEXT]...; received one, {paths[0]}"
        )
    for path in paths:
        models.check_there(path)
    sentences = given_sentences(texts, encoding)
    one, two = told_alike([models.open_model(path, level) for path in paths])
    names = labels([one.name, two.name], paths)
    found = [surprisals(one, two, s, _truth(one, s), names) for s in sentences]
    if as_json:
        console.print_json(_as_json(names, sentences, found))
        return
    for number, each in enumerate(found):
        if number:
            console.print_blank()
        _print_table(each, names)


def _truth(model: "LanguageModel", sentence: str) -> "np.ndarray | None":
    """Give log P of each token by the grammar of village; None of any other text.

    Shapes: -> (tokens,), in nats
    """
    import numpy as np

    from keraslm.text.text import Text
    from keraslm.truth import VILLAGE, Truth, open_truth
    from keraslm_datasets.languages import language_of

    text = Text.from_string(sentence.rstrip("\n") + "\n")
    if isinstance(model, Truth) or language_of(text) is None:
        return None
    try:
        truth = open_truth(VILLAGE).with_encoder(model.encoder)
    except UsageError:  # it cannot be told in the model's tokens
        return None
    log_p = truth.log_probabilities(model.encoder.encode(sentence))
    return log_p if np.isfinite(log_p).all() else None


def _print_table(found: "Surprisals", names: Sequence[str]) -> None:
    """Print a row a token, the sum and the mean."""
    first, second = names
    titles = {
        "first": first,
        "second": second,
        "difference": "difference",
        "truth": "truth",
    }
    table, totals = found.table(), found.totals()
    columns = [column for column in titles if column in table]
    rows = [
        (
            token_name(row["token"]),
            *(_bits(row[column], column) for column in columns),
            UNKNOWN if row["oov"] else "",
        )
        for row in table.to_dict("records")
    ]
    for name, count in (("sum", 1), ("mean", len(table))):
        rows.append((name, *(_bits(totals[c] / count, c) for c in columns), ""))
    headings = ("token", *(titles[column] for column in columns), "")
    right = range(1, len(headings) - 1)
    said = f"surprisal in bits; difference: {first} less {second}"
    console.print_styled(said, "bold")
    console.print_table(headings, rows, right, foot=2, leave=("", "truth"))


def _as_json(
    names: Sequence[str], sentences: Sequence[str], found: "Sequence[Surprisals]"
) -> dict[str, Any]:
    """Give the tokens and the sums, in bits."""
    shown = [
        {
            "text": sentence,
            "totals": each.totals(),
            "tokens": each.table().to_dict("records"),
        }
        for sentence, each in zip(sentences, found, strict=True)
    ]
    first, second = names
    return {"unit": "bits", "first": first, "second": second, "sentences": shown}


def _bits(value: float, column: str) -> str:
    sign = "+" if column == "difference" and 0 < value < math.inf else ""
    return sign + console.number(value)
