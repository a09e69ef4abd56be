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

    dataset, _, size = name.partition(":")
    if name == "-" or os.path.lexists(name) or dataset not in catalogue.names():
        return open_corpus(name, encoding, split)
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

    dataset = name.split(":")[0]
    if name == "-" or os.path.lexists(name):
        return open_text(name, encoding)
    if dataset in catalogue.names():
        return _dataset_text(*_parts(name))
    if ":" in name and "/" not in name:
        catalogue.card(dataset)  # raises: it says which datasets there are
    return open_text(name, encoding)


def _parts(name: str) -> tuple[str, ...]:
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
    return Text(":".join(filter(None, (name, split, size))), text.chunks)
