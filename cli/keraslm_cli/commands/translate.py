"""keraslm translate: the most probable targets of a source."""

from typing import TYPE_CHECKING, Any

import click

from keraslm_cli import completion, console
from keraslm_cli.help_page import number_option
from keraslm_cli.sentences import encoding_option, given_sentences, texts_argument

if TYPE_CHECKING:
    from keraslm.tasks import Translation, Translator


@click.command()
@click.argument("model", shell_complete=completion.files)
@texts_argument
@number_option("--beams", 4, "How many targets are kept at each step; 1 is greedy.")
@click.option(
    "--length-penalty",
    metavar="A",
    type=float,
    default=1.0,
    show_default=True,
    help="How far longer targets are helped: log P is divided by ((5 + tokens) / 6)^A.",
)
@click.option(
    "--all", "show_all", is_flag=True, help="Show every beam with its probability."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
@encoding_option("standard input")
def command(
    model: str,
    texts: tuple[str, ...],
    beams: int,
    length_penalty: float,
    show_all: bool,
    as_json: bool,
    encoding: str,
) -> None:
    """Translate a text with a translator.

    Each TEXT is translated, a line each; without one, or for -, each line of standard
    input is. MODEL is a translator: its file, or the folder RUN of `keraslm train
    --task seq2seq`. Beam search finds the most probable target; with --json the weights
    of the attention are printed, too.
    """
    from keraslm.tasks import load_translator

    translator = load_translator(model)
    given = given_sentences(() if texts == ("-",) else texts, encoding)
    for text in given:
        translator.vocabulary.check_source(text)
    found = (translator.translations(text, beams, length_penalty) for text in given)
    if as_json:
        translated = [_as_json(beam if show_all else beam[:1]) for beam in found]
        console.print_json({"model": translator.name, "texts": translated})
        return
    for text, beam in zip(given, found, strict=True):
        if show_all:
            _print_all(text, beam)
        else:
            console.print_line(beam[0].text)
        _warn(translator, text, beam[0])


def _print_all(text: str, beam: "list[Translation]") -> None:
    rows = [
        (translation.text, console.number(translation.log_probability, 3))
        for translation in beam
    ]
    console.print_styled(text, "bold")
    console.print_table(("target", "log P"), rows, right=(1,), texts=(0,))


def _warn(translator: "Translator", text: str, best: "Translation") -> None:
    """Say on standard error what of a translation is not to be relied on."""
    if best.unknown:
        listed = ", ".join(dict.fromkeys(best.unknown))
        console.note(f"Warning: words that the model does not know: {listed}")
    if not best.is_finished:
        console.note(
            f"Warning: cut after {translator.length} tokens, before its end: {text}"
        )


def _as_json(beam: "list[Translation]") -> dict[str, Any]:
    first = beam[0]
    return {
        "source": list(first.source),
        "unknown": list(first.unknown),
        "translations": [
            {
                "text": each.text,
                "tokens": list(each.target),
                "log_probability": each.log_probability,
                "is_finished": each.is_finished,
                "attention": None
                if each.attention is None
                else each.attention.round(4).tolist(),
            }
            for each in beam
        ],
    }
