"""Corpora: a language whose entropy is known, and a catalogue of checked downloads."""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keraslm.text.corpus import Corpus


def load(name: str | os.PathLike[str], split: str = "90/5/5") -> "Corpus":
    """Open a dataset by its name, or a text of your own by its path, as a corpus.

        corpus = keraslm.datasets.load("village")
        corpus.train, corpus.valid, corpus.test

    The names are those of `keraslm datasets`, "village:large" with a size. `split` cuts
    what is one text, and changes nothing where the parts are given. It is
    `keraslm.open_corpus`.

    Raises: as `keraslm.open_corpus`, and DownloadError if a dataset cannot be fetched.
    """
    from keraslm.text.corpus import open_corpus

    return open_corpus(name, split=split)
