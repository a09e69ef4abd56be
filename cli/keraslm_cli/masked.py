"""Masked language models on the command line: their card."""

import contextlib
from typing import TYPE_CHECKING

from keraslm_cli import console, texts
from keraslm_cli.task_cards import percent

if TYPE_CHECKING:
    from keraslm.masked import MaskedCard


def is_masked(path: str) -> bool:
    """Say whether a file is of a masked model."""
    from keraslm.errors import KeraslmError
    from keraslm.files import archive

    with contextlib.suppress(KeraslmError):
        return bool(archive.read_description(path)["kind"] == archive.MASKED)
    return False


def evaluate_and_tell(
    model: str, text: str, encoding: str, command: str, as_json: bool
) -> None:
    """Measure a masked model on a text, and print the card."""
    from keraslm.masked import load

    opened_model = load(model)
    opened = texts.open_named_text(text, encoding)
    with console.working(f"measuring {opened_model.name} on {opened.name}"):
        card = opened_model.evaluate(opened, command)
    if as_json:
        console.print_json(card.to_dict())
    else:
        print_masked_card(card)


def print_masked_card(card: "MaskedCard") -> None:
    """Print what was measured."""
    console.print_styled(f"{card.model} on {card.name_of_text}", "bold")
    console.print_table(("", "", ""), _rows(card), right=(1,))


def _rows(card: "MaskedCard") -> list[tuple[str, str, str]]:
    read, grammar = card.read, card.grammar
    low, high = read.accuracy.interval()
    rows = [
        (
            "pseudo-perplexity",
            console.number(read.pseudo_perplexity),
            "of each token by those on both sides; it is no perplexity",
        ),
        ("loss", console.number(read.nats), "nats per token"),
        (
            "accuracy",
            percent(read.accuracy.share),
            "of the tokens are the most probable in their blank; "
            f"95% interval {percent(low)} to {percent(high)}",
        ),
    ]
    if grammar is not None:
        figure = console.number(grammar.pseudo_perplexity)
        share = percent(grammar.accuracy.share)
        rows += [
            ("grammar", figure, "its pseudo-perplexity on the same tokens"),
            ("", share, "its accuracy there: more is hardly possible"),
        ]
    text = f"{card.lines:,} of {card.text_lines:,} lines, evenly spaced"
    if read.tokens == card.text_tokens:
        text = f"all {card.lines:,} lines"
    masked = "none" if card.mask_share is None else f"{card.mask_share:.0%}"
    return [
        *rows,
        ("masked", masked, card.masking),
        ("tokens", f"{read.tokens:,}", f"{text}; line ends are not counted"),
        ("  OOV", f"{read.oov:,}", "scored as <unk>"),
        (
            "vocabulary",
            f"{card.vocabulary_size:,}",
            f"tokens, sha256 {card.vocabulary_hash[:8]}...",
        ),
        ("text", "", f"sha256 {card.text_sha256[:8]}..."),
        ("speed", console.number(read.tokens / card.seconds, 0), "tokens per second"),
    ]
