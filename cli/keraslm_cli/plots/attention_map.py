"""keraslm plot attention-map: where a translator looks for each token it writes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from keraslm.errors import CorpusError, UsageError
from keraslm_cli import completion
from keraslm_cli.models import check_there
from keraslm_cli.pictures import Files, files_options

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from keraslm.tasks import Translation

END = "</s>"


@click.command()
@click.argument("model", shell_complete=completion.files)
@click.argument("source", type=click.UNPROCESSED)
@files_options
def command(model: str, source: str, out: str, csv: str | None) -> None:
    """Draw where MODEL looks in SOURCE for each token of its translation.

    A row a token that is written, a column one that is read; a row sums to one. Of a
    sentence of village that is translated right, the word that each word stands for is
    known, and framed.
    """
    from keraslm.figures.alignment import alignment_figure
    from keraslm.tasks import load_translator

    files = Files(out, csv)
    files.check([model])
    check_there(model)
    opened = load_translator(model)
    found = opened.translate(source)
    weights = found.attention
    if weights is None:
        raise UsageError(
            f"{model} has no attention to draw; train one with --attention dot or "
            "additive"
        )
    target = [*found.target, END][: len(weights)]
    known = known_places(found)
    about = "a row: where it looks as it writes a token"
    about += "; framed: the word that is translated" * bool(known)
    title = f"Attention of {opened.name}"
    files.write(
        _table(found.source, target, weights),
        lambda: alignment_figure(found.source, target, weights, title, about, known),
    )


def known_places(found: "Translation") -> list[int | None]:
    """Give the place of the source word of each word, where it is known; else none."""
    from keraslm_datasets import village_translated

    try:
        known = village_translated.aligned(" ".join(found.source))
    except CorpusError:
        return []
    is_right = [word for word, _ in known] == list(found.target)
    return [place for _, place in known] if is_right else []


def _table(
    source: Sequence[str], target: Sequence[str], weights: "np.ndarray"
) -> "pd.DataFrame":
    """Give a row a weight, with the places of its tokens and the tokens."""
    import numpy as np
    import pandas as pd

    rows, columns = np.indices(weights.shape)
    return pd.DataFrame(
        {
            "row": rows.ravel(),
            "column": columns.ravel(),
            "target": np.repeat(target, len(source)),
            "source": np.tile(source, len(target)),
            "weight": weights.ravel(),
        }
    )
