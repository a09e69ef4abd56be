"""ONNX files, for ONNX Runtime and many others: step.onnx and sequence.onnx."""

import pathlib

from keraslm.errors import MissingExtra
from keraslm.export.signatures import Signatures, quick_reader
from keraslm.models.causal import CausalModel

OPSET = 17  # of 2022, which runtimes of today read


def write(model: CausalModel, folder: pathlib.Path) -> None:
    """Write the model into a folder, as two files.

    Raises: MissingExtra if tf2onnx is not installed.
    """
    try:
        import tf2onnx
    except ImportError as error:
        raise MissingExtra("a model for ONNX", "export") from error

    signatures = Signatures(model, quick_reader(model))
    for name in ("step", "sequence"):
        function = getattr(signatures, name)
        graph, _ = tf2onnx.convert.from_function(
            function, function.input_signature, OPSET
        )
        content = graph.SerializeToString(deterministic=True)
        (folder / f"{name}.onnx").write_bytes(content)
