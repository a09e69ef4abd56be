"""keraslm classes: classes of words, from the words beside them."""

from typing import TYPE_CHECKING

import click

from keraslm_cli import console, outputs, texts
from keraslm_cli.help_page import number_option

if TYPE_CHECKING:
    from keraslm.classes import BrownClasses
    from keraslm.text.vocabulary import Vocabulary

HELP = f"""Cluster the words of CORPUS by what stands around them.

Words that stand between the same neighbours come into one class (Brown et al., 1992).
OUT has a line for each word: the bits of its class, the word, its count. Words whose
bits begin alike are alike. `keraslm train --softmax classes --classes OUT` predicts
with these classes. Of a corpus with parts, the training part is read.

{texts.CORPUS_HELP}
"""
SHOWN = 8  # words of a class
LARGEST_SHOWN = 10  # classes


@click.command(help=HELP)
@texts.corpus_argument
@number_option("--number", 100, "How many classes there are.", least=2)
@click.option(
    "--out", metavar="FILE", help="Write the classes to FILE, which is replaced."
)
@number_option(
    "--vocabulary-size",
    10_000,
    "Keep the N most frequent words; others are <unk>.",
    least=3,
)
@number_option(
    "--min-count",
    1,
    "Keep words that occur N times or more; others are <unk>.",
    least=1,
)
@texts.tokenize_option
@texts.encoding_option
@click.option("--json", "as_json", is_flag=True, help="Print the classes as JSON.")
def command(
    corpus: str,
    number: int,
    out: str | None,
    vocabulary_size: int,
    min_count: int,
    tokenize: bool,
    encoding: str,
    as_json: bool,
) -> None:
    """Cluster, write, and show the largest classes."""
    from keraslm.classes import brown_classes, write_classes
    from keraslm.text.encoder import TextEncoder
    from keraslm.text.tokenizer import tokenizer_named

    if out is not None:
        outputs.check_output(out, inputs=[corpus])
    text = texts.open_named_corpus(corpus, encoding, "100").train
    tokenizer = tokenizer_named("word-marks" if tokenize else "word")
    with console.progress_bar(f"clustering {text.name}", "words") as progress:
        encoder, ids = TextEncoder.learn(tokenizer, text, vocabulary_size, min_count)
        vocabulary = encoder.vocabulary
        found = brown_classes(ids, len(vocabulary), number, progress)
    if out:
        write_classes(out, found, vocabulary)
    shown = _classes(found, vocabulary)
    if as_json:
        console.print_json({"nats": found.information, "classes": shown})
        return
    _print(shown, found.information)


def _classes(found: "BrownClasses", vocabulary: "Vocabulary") -> dict[str, list[str]]:
    """Give the words of each class by its bits, the frequent ones first."""
    import numpy as np

    words: dict[str, list[str]] = {path: [] for path in found.paths}
    for word in np.argsort(-vocabulary.counts, kind="stable").tolist():
        if found.classes[word] >= 0:
            words[found.paths[found.classes[word]]].append(vocabulary.tokens[word])
    return words


def _print(shown: dict[str, list[str]], information: float) -> None:
    largest = sorted(shown, key=lambda path: -len(shown[path]))[:LARGEST_SHOWN]
    rows = [
        (path, f"{len(shown[path]):,}", " ".join(shown[path][:SHOWN]))
        for path in largest
    ]
    console.print_table(("bits", "words", "most frequent"), rows, right=(1,))
    console.say(
        f"{len(shown):,} classes; a class tells {information:.4f} nats of the next"
    )
