"""The name of the folder RUN of a masked model's training."""

from keraslm.masked.options import MaskedOptions
from keraslm.text.corpus import Corpus


def default_folder(o: MaskedOptions, corpus: Corpus) -> str:
    """Name the folder of a run that was given none."""
    name = corpus.name.split(".")[0].replace(" ", "-")
    return f"runs/{name}-masked-{o.model}"
