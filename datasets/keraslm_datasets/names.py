"""The names of the catalogue's corpora and texts: NAME[:SIZE], NAME[:SPLIT[:SIZE]].

A file of that very name comes first.
"""

import os
from typing import TYPE_CHECKING

from keraslm.errors import UsageError
from keraslm_datasets import catalogue
from keraslm_datasets.download import Progress

if TYPE_CHECKING:
    from keraslm.text.corpus import Corpus, Text
    from keraslm.text.language import Language

SPLITS = ("train", "valid", "test")


def is_dataset(name: str) -> bool:
    """Say whether a name is a dataset's; a file of that very name is not."""
    is_file = name == "-" or os.path.lexists(name)
    return not is_file and name.split(":")[0] in catalogue.names()


def open_language(name: str) -> "Language":
    """Give the language of a name, whose grammar is known.

    Raises: UsageError if no such grammar is known.
    """
    from keraslm_datasets import village

    if name != "village":
        raise UsageError(
            f"the only language whose grammar is known is village; received {name!r}"
        )
    return village


def refuse_misspelt(name: str) -> None:
    """Refuse "vilage:test", which is neither a file nor a dataset.

    Raises: UsageError, which names the datasets there are.
    """
    if ":" in name and "/" not in name and not os.path.lexists(name):
        catalogue.card(name.split(":")[0])


def parts(name: str) -> tuple[str, ...]:
    """Give NAME, SPLIT and SIZE, as many as there are.

    Raises: UsageError if they are none of these.
    """
    found = tuple(name.split(":"))
    if len(found) > 3 or not all(found):
        raise UsageError(f"a dataset is NAME[:SPLIT[:SIZE]]; received {name!r}")
    return found


def open_corpus(name: str, split: str, progress: Progress | None = None) -> "Corpus":
    """Open NAME[:SIZE].

    Raises: as `catalogue.open_dataset`.
    """
    dataset, _, size = name.partition(":")
    return catalogue.open_dataset(dataset, size or None, split=split, progress=progress)


def open_text(name: str, progress: Progress | None = None) -> "Text":
    """Open NAME[:SPLIT[:SIZE]], without a split the test text.

    Raises: UsageError if there is no such split, and as `catalogue.open_dataset`.
    """
    from keraslm.text.corpus import Text

    dataset, split, size, *_ = (*parts(name), None, None)
    split = split or "test"
    if split not in SPLITS:
        raise UsageError(
            f"a split of {dataset} is one of {', '.join(SPLITS)}; received {split!r}"
        )
    corpus = catalogue.open_dataset(str(dataset), size, progress=progress)
    text = {"train": corpus.train, "valid": corpus.valid, "test": corpus.test}[split]
    if text is None:
        raise UsageError(f"{dataset} has no {split} text")
    own_name = ":".join(filter(None, (dataset, split, size)))
    return Text(own_name, text.chunks, language=text.language)
