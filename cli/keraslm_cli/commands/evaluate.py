"""keraslm evaluate: the perplexity of a text, on a card that says what was counted."""

import dataclasses
import shlex
from typing import TYPE_CHECKING

import click

from keraslm_cli import completion, console, masked, models, tasks, texts

if TYPE_CHECKING:
    from keraslm.card import Card

HELP = f"""Measure the perplexity of TEXT under MODEL.

The card that is printed says in nats and bits what the text costs, and what was
counted. Every token of the text is predicted once, with the longest history that the
model can use. MODEL is a model file, the folder RUN of a training, a mixture as in
mix:RUN=0.7,RUN=0.3, or truth:village, the grammar itself. On village the card also says
how far the model is from the truth: their divergence, of whole distributions.

MODEL may be a tagger, and TEXT tagged text, or a classifier and a table of texts and
labels: then the share of words or texts is measured that get their tag or label. It
may be a translator, and TEXT pairs: then the share of exact translations is measured.
Of a masked model it is the pseudo-perplexity, which is compared with no perplexity.

{texts.TEXT_HELP}
"""


@click.command(help=HELP)
@click.argument("model", shell_complete=completion.files)
@click.argument("text", required=False, shell_complete=completion.texts)
@click.option(
    "--text",
    "named",
    metavar="TEXT",
    shell_complete=completion.texts,
    help="The same TEXT, named as for `compare`.",
)
@models.level_option
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print the card as a JSON object; an infinite or undefined figure is null.",
)
@texts.encoding_option
def command(
    model: str,
    text: str | None,
    named: str | None,
    level: str | None,
    as_json: bool,
    encoding: str,
) -> None:
    from keraslm.divergence import DIVERGENCE, divergence_on
    from keraslm.ranking import unknown_warning

    text = _the_text(text, named)
    models.check_there(model)
    if masked.is_masked(model):
        again = command_line(model, text, encoding)
        masked.evaluate_and_tell(model, text, encoding, again, as_json)
        return
    if tasks.is_of_a_task(model):
        again = command_line(model, text, encoding)
        tasks.evaluate_and_tell(model, text, encoding, again, as_json)
        return
    opened = texts.open_named_text(text, encoding)
    language_model = models.open_model(model, level)
    with console.working(f"measuring {language_model.name} on {opened.name}"):
        again = command_line(model, text, encoding, level)
        card = language_model.evaluate(opened, again)
        if found := divergence_on(opened, language_model):
            told = {DIVERGENCE: dataclasses.asdict(found)}
            card = dataclasses.replace(card, details=card.details | told)
    if as_json:
        console.print_json(card.to_dict())
    else:
        console.print_styled(f"{card.model} on {card.name_of_text}", "bold")
        console.print_table(("", "", ""), rows(card), right=(1,))
        if warning := unknown_warning(card):
            console.say(f"Warning: {warning}")


def _the_text(text: str | None, named: str | None) -> str:
    """Give the text that is measured, whichever way it was said."""
    if text is not None and named is not None:
        raise click.UsageError(
            f"TEXT is given twice, as {text!r} and as --text {named!r}; give it once."
        )
    found = named if text is None else text
    if found is None:
        raise click.UsageError("Missing argument 'TEXT': what to measure on.")
    return found


def command_line(model: str, text: str, encoding: str, level: str | None = None) -> str:
    """Give the command that measures this again, for the card."""
    options = [] if encoding == "utf-8" else ["--encoding", encoding]
    options += ["--level", level] if level else []
    return shlex.join(["keraslm", "evaluate", *options, model, text])


def rows(card: "Card") -> list[tuple[str, str, str]]:
    """Give the card as lines: the figure's name, its value, its unit and rule."""
    known = [*_floor(card), *_divergence(card)]
    return [*_figures(card), *known, *_counts(card), *_origin(card)]


def _figures(card: "Card") -> list[tuple[str, str, str]]:
    figures = (
        ("perplexity", card.perplexity, "exp of the mean loss over every token"),
        ("  without OOV", card.perplexity_without_oov, "over the known tokens alone"),
        ("loss", card.nats_per_token, "nats per token"),
        ("", card.bits_per_character, "bits per character of the original text"),
        ("", card.bits_per_byte, "bits per byte of the original text (UTF-8)"),
    )
    return [(name, console.number(value), unit) for name, value, unit in figures]


def _floor(card: "Card") -> list[tuple[str, str, str]]:
    from keraslm.floor import Floor

    floor = Floor.of_card(card.to_dict())
    if floor is None:
        return []
    own, entropy = floor.grammar, floor.entropy
    above = f"the model is {floor.above(card):,.1%} above it"
    known = " (of the known tokens)" if card.oov_tokens else ""
    return [
        (
            "grammar",
            console.number(own.perplexity_without_oov),
            f"its perplexity on the same text{known}; {above}",
        ),
        (
            "entropy",
            console.number(entropy.perplexity),
            "of the language: the grammar's mean over all texts, as a perplexity",
        ),
    ]


def _divergence(card: "Card") -> list[tuple[str, str, str]]:
    from keraslm.divergence import DIVERGENCE, Divergence

    if DIVERGENCE not in card.details:
        return []
    found = Divergence(**card.details[DIVERGENCE])
    read = found.tokens + found.impossible
    of = f"{found.tokens:,} of {found.text_tokens:,} tokens"
    over = (
        f"{of}, in lines evenly spaced" if read < found.text_tokens else "every token"
    )
    if found.impossible:
        over = f"{of}; {found.impossible:,} follow what the grammar does not allow"
    meaning = f"nats per token from the truth, KL(truth || model), over {over}"
    return [("divergence", console.number(found.nats_per_token), meaning)]


def _counts(card: "Card") -> list[tuple[str, str, str]]:
    end = "</s>" if card.level == "word" else "newlines"
    tokens = f"{card.level} level; {card.end_of_line_tokens:,} of them {end}, counted"
    oov = f"{card.oov_tokens / card.tokens:.2%} of the tokens; {card.oov_rule}"
    vocabulary = f"tokens, sha256 {card.vocabulary_hash[:8]}..."
    text = f"characters, {card.bytes:,} bytes, sha256 {card.text_sha256[:8]}..."
    counts = (
        ("tokens", card.tokens, tokens),
        ("  OOV", card.oov_tokens, oov),
        ("vocabulary", card.vocabulary_size, vocabulary),
        ("text", card.characters, text),
    )
    return [(name, f"{count:,}", meaning) for name, count, meaning in counts]


def _origin(card: "Card") -> list[tuple[str, str, str]]:
    speed = console.number(card.tokens_per_second, 0)
    smoothing = card.details.get("smoothing", {})
    numbers = [f"{name} {_short(value)}" for name, value in smoothing.items()]
    return [
        *(("smoothing" * (i == 0), "", line) for i, line in enumerate(numbers)),
        ("speed", speed, f"tokens per second, {card.seconds:.2f} s in all"),
        ("history", "", card.state_rule),
        ("keraslm", card.version, card.command),
    ]


def _short(value: object) -> str:
    """Write the numbers of a smoothing to four digits."""
    if isinstance(value, list):
        parts = ", ".join(map(_short, value))
        return f"[{parts}]" if any(isinstance(part, list) for part in value) else parts
    return f"{value:.4g}" if isinstance(value, float) else str(value)
