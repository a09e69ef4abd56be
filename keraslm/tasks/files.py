"""One file is one model: what Keras wrote, and what it says of words and labels."""

import os
import pathlib
from typing import Any

from keraslm.errors import ModelFileError, UsageError
from keraslm.files import archive
from keraslm.inference.opening import read_arrays
from keraslm.tasks.classifier import Classifier
from keraslm.tasks.frequent import MostFrequentTagger
from keraslm.tasks.reading import Reader
from keraslm.tasks.shape import CLASSIFIERS, MOST_FREQUENT, TAGGERS, Shape
from keraslm.tasks.tagger import NetworkTagger, Tagger
from keraslm.tasks.translation.files import open_translator
from keraslm.tasks.translation.translator import Translator
from keraslm.tasks.vocabulary import TagVocabulary


def save(
    network: Any,
    shape: Shape,
    vocabulary: TagVocabulary,
    metadata: dict[str, Any],
    path: str | os.PathLike[str],
) -> None:
    """Write a network of `keraslm.tasks.networks` as one file, atomically.

    `keras.models.load_model` opens it as what it is, a plain Keras model of ids. What
    training alone needs is left out: dropout, and what `compile` was given.
    Raises: UsageError if the words or labels cannot be written.
    """
    from keraslm.tasks.networks import new_network

    plain = new_network(shape, len(vocabulary.words), len(vocabulary.tags))
    plain.set_weights(network.get_weights())
    kind = archive.TAGGER if shape.model in TAGGERS else archive.CLASSIFIER
    archive.save_network(plain, path, kind, shape.model, vocabulary, shape, metadata)


def load(path: str | os.PathLike[str]) -> Tagger | Classifier | Translator:
    """Open a model of a task, from its file or from the folder RUN of its training.

    Nothing in the file is executed, and Keras is not needed.
    Raises: UsageError if there is none, or it is a language model; ModelFileError if it
        is damaged or foreign.
    """
    file = archive.model_path(path)
    described = archive.read_description(file)
    kind = described["kind"]
    if kind not in archive.TASKS:
        raise UsageError(
            f"{path} is a language model, and no tagger, classifier or translator, "
            "which keraslm train with `task='tag'`, `task='classify'` or "
            "`task='seq2seq'` makes; keraslm.load opens it"
        )
    if kind == archive.TRANSLATOR:
        return open_translator(file, described)
    where, metadata = str(file), described["metadata"]
    vocabulary = TagVocabulary.from_dict(described["encoder"], where)
    if described["name"] == MOST_FREQUENT and kind == archive.TAGGER:
        return _counts(file, vocabulary, metadata)
    known = TAGGERS if kind == archive.TAGGER else CLASSIFIERS
    shape = Shape.from_dict(described.get(archive.NETWORK), known, where)
    size = (len(vocabulary.words), len(vocabulary.tags))
    reader = Reader(shape, read_arrays(file), *size, where)
    if kind == archive.TAGGER:
        return NetworkTagger(reader, vocabulary, metadata)
    _check_temperature(metadata, where)
    return Classifier(reader, vocabulary, metadata)


def load_tagger(path: str | os.PathLike[str]) -> Tagger:
    """Open a tagger.

    Raises: as `load`, and UsageError for another model.
    """
    return _load_only(path, Tagger, archive.TAGGER)


def load_classifier(path: str | os.PathLike[str]) -> Classifier:
    """Open a classifier.

    Raises: as `load`, and UsageError for another model.
    """
    return _load_only(path, Classifier, archive.CLASSIFIER)


def load_translator(path: str | os.PathLike[str]) -> Translator:
    """Open a translator.

    Raises: as `load`, and UsageError for another model.
    """
    return _load_only(path, Translator, archive.TRANSLATOR)


def _load_only(path: str | os.PathLike[str], kind: Any, name: str) -> Any:
    found = load(path)
    if not isinstance(found, kind):
        is_ = archive.read_description(path)["kind"]
        raise UsageError(
            f"{path} is a {is_} and no {name}; use keraslm {archive.COMMANDS[is_]}"
        )
    return found


def _check_temperature(metadata: dict[str, Any], where: str) -> None:
    found = metadata.get("temperature", 1.0)
    if type(found) is not float or not 0 < found < float("inf"):
        raise ModelFileError(f"{where} is damaged: its temperature is no number")


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
