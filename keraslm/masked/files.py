"""One file is one model: what Keras wrote, and what it says of its tokens."""

import os
from typing import Any

from keraslm.errors import UsageError
from keraslm.files import archive
from keraslm.inference.opening import read_arrays
from keraslm.masked.model import MaskedModel
from keraslm.masked.reading import Reader
from keraslm.masked.shape import Shape
from keraslm.text.encoder import TextEncoder


def save(
    network: Any,
    shape: Shape,
    encoder: TextEncoder,
    metadata: dict[str, Any],
    path: str | os.PathLike[str],
) -> None:
    """Write a network of `keraslm.masked.networks` as one file, atomically.

    `keras.models.load_model` opens it as what it is, a plain Keras model of ids. What
    training alone needs is left out: dropout, and what `compile` was given.
    Raises: UsageError if the tokens cannot be written.
    """
    from keraslm.masked.networks import new_network

    plain = new_network(shape, len(encoder.vocabulary))
    plain.set_weights(network.get_weights())
    name = f"masked {shape.model}"
    archive.save_network(plain, path, archive.MASKED, name, encoder, shape, metadata)


def load(path: str | os.PathLike[str]) -> MaskedModel:
    """Open a masked model, from its file or from the folder RUN of its training.

    Nothing in the file is executed, and Keras is not needed.
    Raises: UsageError if there is none, or it is another model; ModelFileError if it is
        damaged or foreign.
    """
    file = archive.model_path(path)
    described = archive.read_description(file)
    if described["kind"] != archive.MASKED:
        raise UsageError(
            f"{path} is no masked language model, which keraslm train with "
            "`objective='masked'` makes; keraslm.load opens it"
        )
    encoder = TextEncoder.from_dict(described["encoder"])
    shape = Shape.from_dict(described.get(archive.NETWORK), str(file))
    size = len(encoder.vocabulary)
    reader = Reader(shape, read_arrays(file), size, str(file))
    return MaskedModel(reader, encoder, described["metadata"])
