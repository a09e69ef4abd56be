"""A text on the command line: a file, a folder, a .gz, "-", or a dataset's split."""

import os
from typing import TYPE_CHECKING

from keraslm.errors import UsageError

if TYPE_CHECKING:
    from keraslm.text.corpus import Corpus, Text

SPLITS = ("train", "valid", "test")
TEXT_HELP = (
    "TEXT is a file, a folder, a .gz file, - (standard input), or a dataset of the "
    "catalogue, NAME[:SPLIT[:SIZE]]: village, village:valid, village:test:large. "
    "SPLIT is train, valid or test; without it, test."
)
CORPUS_HELP = (
    "CORPUS is a file, a folder, a .gz file, - (standard input), or a dataset of the "
    "catalogue, NAME[:SIZE]: village (the default), village:large, ptb."
)


def open_named_corpus(name: str, encoding: str, split: str) -> "Corpus":
    """Open what the user calls a corpus; a file of that very name comes first.

    Raises: UsageError if there is neither such a file nor such a dataset; CorpusError
        for a file that is no text.
    """
    from keraslm.text.corpus import open_corpus
    from keraslm_cli.console import progress_bar
    from keraslm_datasets import catalogue

    if not is_dataset(name):
        return _with_language(open_corpus(name, encoding, split))
    dataset, _, size = name.partition(":")
    with progress_bar(f"fetching {dataset}", "bytes") as progress:
        return catalogue.open_dataset(
            dataset, size or None, split=split, progress=progress
        )


def open_named_text(name: str, encoding: str = "utf-8") -> "Text":
    """Open what the user calls a text; a file of that very name comes first.

    Raises: UsageError if there is neither such a file nor such a dataset or split;
        CorpusError for a file that is no text.
    """
    from keraslm.text.corpus import open_text
    from keraslm_datasets import catalogue
    from keraslm_datasets.languages import language_of

    if is_dataset(name):
        return _dataset_text(*dataset_parts(name))
    if ":" in name and "/" not in name and not os.path.lexists(name):
        catalogue.card(name.split(":")[0])  # raises: it says which datasets there are
    text = open_text(name, encoding)
    text.language = language_of(text)
    return text


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
    from keraslm_datasets import catalogue

    is_file = name == "-" or os.path.lexists(name)
    return not is_file and name.split(":")[0] in catalogue.names()


def dataset_parts(name: str) -> tuple[str, ...]:
    """Give NAME, SPLIT and SIZE, as many as there are.

    Raises: UsageError if they are none of these.
    """
    parts = tuple(name.split(":"))
    if len(parts) > 3 or not all(parts):
        raise UsageError(f"a dataset is NAME[:SPLIT[:SIZE]]; received {name!r}")
    return parts


def _dataset_text(name: str, split: str = "test", size: str | None = None) -> "Text":
    from keraslm.text.corpus import Text
    from keraslm_cli.console import progress_bar
    from keraslm_datasets import catalogue

    if split not in SPLITS:
        raise UsageError(
            f"a split of {name} is one of {', '.join(SPLITS)}; received {split!r}"
        )
    with progress_bar(f"fetching {name}", "bytes") as progress:
        corpus = catalogue.open_dataset(name, size, progress=progress)
    text = {"train": corpus.train, "valid": corpus.valid, "test": corpus.test}[split]
    if text is None:
        raise UsageError(f"{name} has no {split} text")
    own_name = ":".join(filter(None, (name, split, size)))
    return Text(own_name, text.chunks, text.language)
