"""Options and work of the figures that count a corpus."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from keraslm.errors import UsageError
from keraslm_cli import console, texts

if TYPE_CHECKING:
    from keraslm.counts.ngrams import Ngrams
    from keraslm.text.corpus import Corpus
    from keraslm.text.encoder import TextEncoder
    from keraslm.text.text import Text
    from keraslm.text.tokenizer import Tokenizer

level_option = click.option(
    "--level",
    type=click.Choice(["word", "char"]),
    default="word",
    show_default=True,
    help="What a token is.",
)


def corpus_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command --level, --tokenize and --encoding."""
    return level_option(texts.tokenize_option(texts.encoding_option(command)))


def count(
    corpus: str, level: str, tokenize: bool, encoding: str, order: int
) -> "tuple[Text, TextEncoder, Ngrams]":
    """Count the n-grams of a corpus's training part, whole where it has no parts.

    Raises: as `open_counted`.
    """
    from keraslm.counts.ngrams import count_ngrams
    from keraslm.text.encoder import TextEncoder

    opened, tokenizer = open_counted(corpus, level, tokenize, encoding)
    text = opened.train
    with console.working(f"counting {text.name}"):
        encoder, ids = TextEncoder.learn(tokenizer, text)
        return text, encoder, count_ngrams(ids, len(encoder.vocabulary), order)


def open_counted(
    corpus: str, level: str, tokenize: bool, encoding: str, split: str = "100"
) -> "tuple[Corpus, Tokenizer]":
    """Open a corpus and the tokenizer of a level.

    Raises: UsageError for --tokenize of characters; as `texts.open_named_corpus`.
    """
    from keraslm.text.tokenizer import tokenizer_named

    if tokenize and level != "word":
        raise UsageError("--tokenize splits words; it needs --level word")
    tokenizer = tokenizer_named("word-marks" if tokenize else level)
    return texts.open_named_corpus(corpus, encoding, split), tokenizer
