"""A SavedModel, for TensorFlow: a folder with the signatures `step` and `sequence`."""

import pathlib

import tensorflow as tf

from keraslm.export.signatures import Signatures
from keraslm.models.causal import CausalModel


def write(model: CausalModel, folder: pathlib.Path) -> None:
    """Write the model into a folder; the signatures share its weights."""
    save(Signatures(model, reader=model), folder)


def save(signatures: Signatures, folder: pathlib.Path) -> None:
    """Write two signatures and what they need."""
    functions = {"step": signatures.step, "sequence": signatures.sequence}
    tf.saved_model.save(signatures, str(folder), functions)
