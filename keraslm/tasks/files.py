"""One file is one tagger: what Keras wrote, and what it says of words and tags."""

import os
import pathlib
from typing import Any

from keraslm.errors import ModelFileError, UsageError
from keraslm.files import archive
from keraslm.files.writing import write_atomically
from keraslm.inference.opening import read_arrays
from keraslm.tasks.frequent import MostFrequentTagger
from keraslm.tasks.network_tagger import NetworkTagger
from keraslm.tasks.shape import MOST_FREQUENT, Shape
from keraslm.tasks.tagger import Tagger
from keraslm.tasks.vocabulary import TagVocabulary

NETWORK = "network"


def save(
    network: Any,
    shape: Shape,
    vocabulary: TagVocabulary,
    metadata: dict[str, Any],
    path: str | os.PathLike[str],
) -> None:
    """Write a network of `keraslm.tasks.networks` as one file, atomically.

    `keras.models.load_model` opens it as what it is, a plain Keras model of ids.
    Raises: UsageError if the words or tags cannot be written.
    """
    described = {
        "kind": archive.TAGGER,
        "name": shape.model,
        "encoder": vocabulary.to_dict(),
        "metadata": metadata,
        NETWORK: shape.to_dict(),
    }
    with write_atomically(path) as temporary:
        network.save(temporary)
        archive.add_description(temporary, described)


def load(path: str | os.PathLike[str]) -> Tagger:
    """Open a tagger, from its file or from the folder RUN of its training.

    Nothing in the file is executed, and Keras is not needed.
    Raises: UsageError if there is none, or it is a language model; ModelFileError if it
        is damaged or foreign.
    """
    file = archive.model_path(path)
    described = archive.read_description(file)
    if described["kind"] != archive.TAGGER:
        raise UsageError(
            f"{path} is a language model and no tagger, which keraslm train with "
            "`task='tag'` makes; keraslm.load opens it"
        )
    vocabulary = TagVocabulary.from_dict(described["encoder"], str(file))
    metadata = described["metadata"]
    if described["name"] == MOST_FREQUENT:
        return _counts(file, vocabulary, metadata)
    shape = Shape.from_dict(described.get(NETWORK), str(file))
    return NetworkTagger(shape, read_arrays(file), vocabulary, metadata, str(file))


def _counts(
    file: pathlib.Path, vocabulary: TagVocabulary, metadata: dict[str, Any]
) -> Tagger:
    counts = archive.read_arrays(file).get("counts")
    shape = (len(vocabulary.words), len(vocabulary.tags))
    if counts is None or counts.shape != shape or counts.dtype.kind not in "iu":
        raise ModelFileError(f"{file} is damaged: it has no counts of {shape}")
    if counts.min() < 0:
        raise ModelFileError(f"{file} is damaged: it has a count below 0")
    return MostFrequentTagger(counts, vocabulary, metadata)
