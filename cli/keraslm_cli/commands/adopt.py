"""keraslm adopt: a Keras model that someone else trained becomes a language model."""

import pathlib
from typing import TYPE_CHECKING

import click

from keraslm.backend import check_backend
from keraslm.errors import UsageError
from keraslm_cli import console, outputs

if TYPE_CHECKING:
    from keraslm.models.language_model import KerasLanguageModel


@click.command()
@click.argument("foreign", type=click.Path(path_type=pathlib.Path))
@click.option(
    "--vocabulary",
    required=True,
    type=click.Path(path_type=pathlib.Path),
    help="The tokens by id: a JSON list, a JSON object token -> id, or a token a line.",
)
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=pathlib.Path),
    help="The model file to write, ending with .keras.",
)
@click.option(
    "--outputs",
    type=click.Choice(["auto", "logits", "probabilities"]),
    default="auto",
    show_default=True,
    help="What the model gives; auto asks it.",
)
@click.option(
    "--level",
    type=click.Choice(["char", "word"]),
    help="What a token is. Guessed: char if every token is one character.",
)
@click.option(
    "--unknown",
    metavar="TOKEN",
    type=click.UNPROCESSED,
    help="The token for what is not known.",
)
@click.option(
    "--line-end",
    metavar="TOKEN",
    type=click.UNPROCESSED,
    help="The token at the end of a line.",
)
@click.option(
    "--padding",
    metavar="TOKEN",
    type=click.UNPROCESSED,
    help="The token before a text's start.",
)
@click.option(
    "--context",
    type=click.IntRange(min=1),
    metavar="N",
    help="Read the last N tokens for every prediction; no states are carried.",
)
@click.option("--overwrite", is_flag=True, help="Replace OUT if it exists.")
def command(
    foreign: pathlib.Path,
    vocabulary: pathlib.Path,
    out: pathlib.Path,
    overwrite: bool,
    **told: str | int | None,
) -> None:
    """Make the Keras file FOREIGN a language model of keraslm.

    The model takes ids or one-hot vectors and gives logits or probabilities, of the
    next token or at every position. It is opened only if its layers are Keras's own,
    and adopted only if it is causal, deterministic and predicts the tokens of the
    vocabulary file.
    """
    _check_out(foreign, vocabulary, out, overwrite)
    check_backend()
    from keraslm.adoption import Adoption, adopt

    with console.working(f"adopting {foreign}"):
        model = adopt(foreign, vocabulary, Adoption(**told))  # type: ignore[arg-type]
        try:
            model.save(out)
        except OSError as error:
            raise UsageError(
                f"cannot write {out}: {error.strerror or error}"
            ) from error
    console.print_table(("", ""), _rows(model, out))


def _rows(model: "KerasLanguageModel", out: pathlib.Path) -> list[tuple[str, str]]:
    """Say what was found out, so that a wrong guess is seen."""
    adopted = model.metadata["adopted"]
    unknown, line_end = adopted["unknown"], adopted["line_end"]
    others = adopted["counted_as_unknown"] - (unknown is not None)
    counted = [("", f"and {others} tokens that no text can hold")] if others else []
    return [
        ("file", str(out)),
        ("level", model.vocabulary.level),
        ("vocabulary", f"{len(model.vocabulary):,} tokens"),
        ("outputs", adopted["scores"]),
        ("unknown", "none" if unknown is None else repr(unknown)),
        *counted,
        ("line end", "none: never predicted" if line_end is None else repr(line_end)),
        ("before a text", str(adopted["padding"])),
        ("history", model.state_rule),
    ]


def _check_out(
    foreign: pathlib.Path, vocabulary: pathlib.Path, out: pathlib.Path, overwrite: bool
) -> None:
    if out.suffix != ".keras":
        raise UsageError(f"the file must end with .keras; received {str(out)!r}")
    if out.exists() and foreign.exists() and out.samefile(foreign):
        raise UsageError(f"{out} is the foreign file itself; give another --out")
    outputs.check_output(out, overwrite, inputs=[vocabulary])
