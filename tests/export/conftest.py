"""The small models of tests/models, and each format in its own runtime."""

import numpy as np
import pytest

from tests.models.conftest import ask, build, exported_kinds, ids  # noqa: F401

RUNTIMES = {
    "savedmodel": "tensorflow",
    "onnx": "onnxruntime",
    "litert": "ai_edge_litert.interpreter",
}


@pytest.fixture
def runtime():
    """Give the module that runs a format, or skip the test."""

    def runtime(file_format):
        reason = "needs the extra export: pip install 'keraslm[export]'"
        if file_format == "onnx":
            pytest.importorskip("tf2onnx", reason=reason)
        return pytest.importorskip(RUNTIMES[file_format], reason=reason)

    return runtime


@pytest.fixture
def opened(runtime):
    """Open an export; gives step and sequence, functions of named arrays."""

    def opened(folder, file_format):
        module = runtime(file_format)
        names = ("step", "sequence")
        if file_format == "onnx":
            return [_onnx(module, folder / f"{name}.onnx") for name in names]
        if file_format == "litert":
            interpreter = module.Interpreter(str(folder / "model.tflite"))
            return [interpreter.get_signature_runner(name) for name in names]
        return [_savedmodel(module, folder, name) for name in names]

    return opened


def _onnx(module, path):
    session = module.InferenceSession(path)
    names = [output.name for output in session.get_outputs()]
    return lambda **given: dict(zip(names, session.run(names, given), strict=True))


def _savedmodel(module, folder, name):
    loaded = module.saved_model.load(str(folder))

    def run(**given):
        tensors = {key: module.constant(value) for key, value in given.items()}
        found = loaded.signatures[name](**tensors)
        return {key: np.asarray(value) for key, value in found.items()}

    return run
