"""One file is one translator: what Keras wrote, and what it says of its tokens."""

import os
import pathlib
from typing import Any

from keraslm.errors import ModelFileError
from keraslm.files import archive
from keraslm.inference.opening import read_arrays
from keraslm.tasks.translation.opening import new_reader
from keraslm.tasks.translation.shape import TranslatorShape
from keraslm.tasks.translation.translator import Translator
from keraslm.tasks.translation.vocabulary import PairVocabulary

LONGEST = "longest"


def save_translator(
    network: Any,
    shape: TranslatorShape,
    vocabulary: PairVocabulary,
    metadata: dict[str, Any],
    path: str | os.PathLike[str],
) -> None:
    """Write a network of `keraslm.tasks.translation.networks` as one file, atomically.

    `keras.models.load_model` opens it as what it is, a plain Keras model of ids. What
    training alone needs is left out: dropout, and what `compile` was given.
    Raises: UsageError if the tokens cannot be written.
    """
    from keraslm.tasks.translation.networks import new_network

    plain = new_network(shape, *vocabulary.sizes)
    plain.set_weights(network.get_weights())
    archive.save_network(
        plain, path, archive.TRANSLATOR, shape.model, vocabulary, shape, metadata
    )


def open_translator(file: pathlib.Path, described: dict[str, Any]) -> Translator:
    """Open a translator, of whose file it is known what it says.

    Raises: ModelFileError if it is damaged.
    """
    where, metadata = str(file), described["metadata"]
    vocabulary = PairVocabulary.from_dict(described["encoder"], where)
    shape = TranslatorShape.from_dict(described.get(archive.NETWORK), where)
    longest = metadata.get(LONGEST, 1)
    if type(longest) is not int or longest < 1:
        raise ModelFileError(f"{where} is damaged: its longest target is no number")
    reader = new_reader(shape, read_arrays(file), *vocabulary.sizes, where)
    return Translator(reader, shape, vocabulary, metadata)
