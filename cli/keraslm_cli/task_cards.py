"""The cards of taggers, classifiers and translators, printed."""

from typing import TYPE_CHECKING

from keraslm_cli import console
from keraslm_cli.visible import token_name

if TYPE_CHECKING:
    from keraslm.accuracy import Accuracy
    from keraslm.tasks import LabelCard, TaggingCard, TranslationCard

ERRORS = 5  # that are printed, of those that are most frequent

Row = tuple[str, str, str]


def print_tagging_card(card: "TaggingCard") -> None:
    """Print what was measured, by tag too, and the commonest errors."""
    unknown = card.unknown
    rows = [_accuracy(card.accuracy, "words")]
    if unknown.n:
        of_unknown = f"of {unknown.n:,} words that the vocabulary lacks"
        rows.append(("  unknown", percent(unknown.share), of_unknown))
    else:
        rows.append(("  unknown", "none", "every word is in the vocabulary"))
    rows += _references(card.references)
    rows.append(("sentences", f"{card.sentences:,}", _sha256(card.text_sha256)))
    vocabulary = f"words; {len(card.tags)} tags"
    rows.append(("vocabulary", f"{card.vocabulary_size:,}", vocabulary))
    by_tag = [
        (token_name(tag), percent(found.share), _interval(found), f"{found.n:,}")
        for tag, found in card.by_tag().items()
    ]
    console.print_styled(f"{card.model} on {card.name_of_text}", "bold")
    console.print_table(("", "", ""), rows, right=(1,))
    console.print_blank()
    headings = ("tag", "accuracy", "95% interval", "words")
    leave = ("95% interval",)
    console.print_table(headings, by_tag, right=(1, 2, 3), leave=leave, texts=())
    console.print_blank()
    errors = [
        f"{token_name(tag)} as {token_name(other)} {number:,}"
        for tag, other, number in card.errors()[:ERRORS]
    ]
    console.say(f"commonest errors: {', '.join(errors) or 'none'}")


def print_label_card(card: "LabelCard") -> None:
    """Print what was measured, by label too."""
    rows = [
        _accuracy(card.accuracy, "texts"),
        ("macro F1", percent(card.macro_f1), "the mean of F1 over the labels"),
        ("nats", console.number(card.nats), "a text, of its label's probability"),
        (
            "calibration",
            percent(card.reliability.error),
            "between the probability of the label given and the share that is right",
        ),
        *_references(card.references),
        ("texts", f"{card.accuracy.n:,}", _sha256(card.text_sha256)),
        ("vocabulary", f"{card.vocabulary_size:,}", "words"),
    ]
    by_label = [
        (
            token_name(label),
            percent(found["f1"]),
            f"{found['right']:,}",
            f"{found['n']:,}",
        )
        for label, found in card.by_label().items()
    ]
    console.print_styled(f"{card.model} on {card.name_of_text}", "bold")
    console.print_table(("", "", ""), rows, right=(1,))
    console.print_blank()
    headings = ("label", "F1", "right", "texts")
    console.print_table(headings, by_label, right=(1, 2, 3), texts=())


def print_translation_card(card: "TranslationCard") -> None:
    """Print what was measured, by length and by group too."""
    rows = [
        ("exact match", *_accuracy(card.exact, "outputs")[1:]),
        ("tokens", percent(card.tokens.share), f"of {card.unit} in their place"),
        *_references(card.references),
        ("pairs", f"{card.exact.n:,}", _sha256(card.text_sha256)),
    ]
    if card.bleu:
        rows.insert(2, ("BLEU", console.number(card.bleu.score, 2), "0 to 100"))
    by_length = {f"{each.low} to {each.high}": each.exact for each in card.by_length}
    console.print_styled(f"{card.model} on {card.name_of_text}", "bold")
    console.print_table(("", "", ""), rows, right=(1,))
    if card.bleu:
        console.say(f"BLEU is sacreBLEU's: {card.bleu.signature}")
    _print_groups(f"{card.source_unit} of source", by_length)
    if card.by_group:
        _print_groups("format", card.by_group)


def _print_groups(heading: str, groups: "dict[str, Accuracy]") -> None:
    rows = [
        (token_name(name), percent(found.share), _interval(found), f"{found.n:,}")
        for name, found in groups.items()
    ]
    headings = (heading, "exact match", "95% interval", "pairs")
    console.print_blank()
    leave = ("95% interval",)
    console.print_table(headings, rows, right=(1, 2, 3), leave=leave, texts=())


def _accuracy(found: "Accuracy", what: str) -> Row:
    sure = f"of {found.n:,} {what} are right; 95% interval {_interval(found)}"
    return "accuracy", percent(found.share), sure


def _references(references: dict[str, float]) -> list[Row]:
    return [("", percent(share), name) for name, share in references.items()]


def _sha256(digest: str) -> str:
    return f"sha256 {digest[:8]}..."


def _interval(accuracy: "Accuracy") -> str:
    low, high = accuracy.interval()
    return f"{percent(low)} to {percent(high)}"


def percent(share: float) -> str:
    """Write a share to a hundredth of a percent."""
    return f"{console.number(100 * share, 2)}%"
