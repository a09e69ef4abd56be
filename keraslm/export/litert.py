"""A LiteRT file, for phones and small devices: `step` and `sequence`, of one text.

The batch is fixed, since LiteRT plans its memory for tensors of known sizes; the length
of a sequence is not, and LiteRT plans anew where it changes.
"""

import pathlib
import tempfile

import tensorflow as tf

from keraslm.export import saved_model
from keraslm.export.signatures import Signatures, quick_reader
from keraslm.models.causal import CausalModel

FILE = "model.tflite"


def write(model: CausalModel, folder: pathlib.Path) -> None:
    """Write the model into a folder, as one file."""
    signatures = Signatures(model, quick_reader(model), batch=1)
    with tempfile.TemporaryDirectory() as temporary:
        saved_model.save(signatures, pathlib.Path(temporary))
        converter = tf.lite.TFLiteConverter.from_saved_model(
            temporary, signature_keys=["step", "sequence"]
        )
        (folder / FILE).write_bytes(converter.convert())
