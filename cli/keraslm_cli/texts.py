"""A text on the command line: a file, a folder, a .gz, "-", or a dataset's split."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keraslm.text.corpus import Corpus, Text

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
    from keraslm_datasets import names

    if not is_dataset(name):
        return open_corpus(name, encoding, split)
    with progress_bar(f"fetching {name.split(':')[0]}", "bytes") as progress:
        return names.open_corpus(name, split, progress)


def open_named_text(name: str, encoding: str = "utf-8") -> "Text":
    """Open what the user calls a text; a file of that very name comes first.

    Raises: UsageError if there is neither such a file nor such a dataset or split;
        CorpusError for a file that is no text.
    """
    from keraslm.text.corpus import open_text
    from keraslm_cli.console import progress_bar
    from keraslm_datasets import names

    if not is_dataset(name):
        return open_text(name, encoding)
    with progress_bar(f"fetching {name.split(':')[0]}", "bytes") as progress:
        return names.open_text(name, progress)


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
