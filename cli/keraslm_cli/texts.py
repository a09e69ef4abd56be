"""A text on the command line: a file, a folder, a .gz, "-", or a dataset's split."""

import contextlib
import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from keraslm.errors import UsageError
from keraslm_cli import completion, console

if TYPE_CHECKING:
    from keraslm.text.corpus import Corpus, Skipped, Text

TEXT_HELP = (
    "TEXT is a file, a folder, a .gz file, - (standard input), or a dataset of the "
    "catalogue, NAME[:SPLIT[:SIZE]]: village, village:valid, village:test:large. "
    "SPLIT is train, valid or test; without it, test."
)
CORPUS_HELP = (
    "CORPUS is a file, a folder, a .gz file, - (standard input), or a dataset of the "
    "catalogue, NAME[:SIZE]: village (the default), village:large, ptb."
)
corpus_argument = click.argument(
    "corpus", default="village", shell_complete=completion.texts
)
encoding_option = click.option(
    "--encoding",
    metavar="NAME",
    default="utf-8",
    show_default=True,
    help="The encoding of the text.",
)
tokenize_option = click.option(
    "--tokenize", is_flag=True, help="Split punctuation and capitals off words."
)

SHOWN, KINDS = 3, 9  # of what is left out of a folder: names of a kind, kinds


def open_named_corpus(
    name: str, encoding: str, split: str, is_split_asked: bool = False
) -> "Corpus":
    """Open what the user calls a corpus; a file of that very name comes first.

    What is left out of a folder is told. A split that was asked for is refused where
    the corpus has parts of its own.

    Raises: UsageError if there is neither such a file nor such a dataset; CorpusError
        for a file that is no text.
    """
    from keraslm.text.corpus import open_corpus
    from keraslm_datasets import names

    if is_dataset(name):
        _check_encoding(name, encoding)
        with _fetching(name) as progress:
            corpus = names.open_corpus(name, split, progress)
    else:
        corpus = _with_language(open_corpus(name, encoding, split))
        _tell_skipped(name, corpus.skipped)
    if is_split_asked and corpus.has_own_parts:
        known = ("train", "valid", "test")
        parts = [part for part in known if getattr(corpus, part) is not None]
        raise UsageError(
            f"{name} has parts of its own ({', '.join(parts)}), which --split would "
            f"not change; received --split {split}: leave it out"
        )
    return corpus


def open_named_text(name: str, encoding: str = "utf-8") -> "Text":
    """Open what the user calls a text; a file of that very name comes first.

    What is left out of a folder is told.

    Raises: UsageError if there is neither such a file nor such a dataset or split;
        CorpusError for a file that is no text.
    """
    from keraslm.text.corpus import open_text
    from keraslm_datasets import names
    from keraslm_datasets.languages import language_of

    if is_dataset(name):
        _check_encoding(name, encoding)
        with _fetching(name) as progress:
            return names.open_text(name, progress)
    text = open_text(name, encoding)
    _tell_skipped(name, text.skipped)
    text.language = language_of(text)
    return text


def _check_encoding(name: str, encoding: str) -> None:
    from keraslm.text.kinds import checked_encoding

    if checked_encoding(encoding) != "utf-8":
        raise UsageError(
            f"{name} is a dataset, whose encoding is known; received --encoding "
            f"{encoding}: leave it out"
        )


def _tell_skipped(folder: str, skipped: "Sequence[Skipped]") -> None:
    """Say on standard error what in a folder is no part of its text, kind by kind."""
    kinds: dict[str, list[Skipped]] = {}
    for each in skipped:
        kinds.setdefault(each.what.partition(" (")[0], []).append(each)
    for alike in itertools.islice(kinds.values(), KINDS):
        names = ", ".join(_printable(each.path) for each in alike[:SHOWN])
        more = f" and {len(alike) - SHOWN:,} more" if len(alike) > SHOWN else ""
        what = _printable(alike[0].what)
        console.note(f"left out of {_printable(folder)}: {names}{more}: {what}")
    if others := sum(map(len, itertools.islice(kinds.values(), KINDS, None))):
        console.note(f"left out of {_printable(folder)}: {others:,} more")


def _printable(text: str) -> str:
    return text if text.isprintable() else ascii(text)[1:-1]


def _with_language(corpus: "Corpus") -> "Corpus":
    """Let a file of sentences of village be known as such."""
    from keraslm_datasets.languages import language_of

    language = language_of(corpus.train)
    for text in (corpus.train, corpus.valid, corpus.test):
        if text is not None:
            text.language = language
    return corpus


def is_dataset(name: str) -> bool:
    """Say whether a text's name is a dataset's; a file of that very name is not."""
    from keraslm_datasets import names

    return names.is_dataset(name)


def dataset_parts(name: str) -> tuple[str, ...]:
    """Give NAME, SPLIT and SIZE, as many as there are.

    Raises: UsageError if they are none of these.
    """
    from keraslm_datasets import names

    return names.parts(name)


def _fetching(name: str) -> contextlib.AbstractContextManager[console.Progress]:
    """Show how much of a dataset is fetched."""
    return console.progress_bar(f"fetching {name.split(':')[0]}", "bytes")
