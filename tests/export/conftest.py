"""The small models of tests/models, and each format in its own runtime."""

import shutil

import numpy as np
import pytest

from keraslm.counts.model import NgramModel
from keraslm.export.page.writing import export_page
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import tokenizer_named
from keraslm.text.vocabulary import Vocabulary
from tests.export.browser import Browser
from tests.models.conftest import ask, build, exported_kinds, ids  # noqa: F401

RUNTIMES = {
    "savedmodel": "tensorflow",
    "onnx": "onnxruntime",
    "litert": "ai_edge_litert.interpreter",
}

HOSTILE = [
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "<img/src=x/onerror=alert(1)>",
    "{{program}}",
    "&lt;b&gt;",
    "\u2028\u2029",
    "\u202egnp.exe",
    "\x00\x1b[2J",
    "\\u003c",
    '"],"x":["',
    "__proto__",
]


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


@pytest.fixture
def hostile():
    """A model whose tokens and name would like to be markup."""
    vocabulary = Vocabulary(["<unk>", "</s>", *HOSTILE])
    encoder = TextEncoder(tokenizer_named("word"), vocabulary)
    read = encoder.encode("\n".join(HOSTILE[:2]))
    model = NgramModel.train(encoder, read, 2, "kneser-ney")
    model.name = HOSTILE[0]
    return model


@pytest.fixture
def hostile_page(tmp_path, hostile):
    export_page([hostile], tmp_path / "page.html")
    return tmp_path / "page.html"


@pytest.fixture
def browser(tmp_path):
    """A page in Chromium, or skip the test; nothing else is asked for there."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("there is no `chromium` on the PATH")
    browser = Browser(program, tmp_path / "profile")
    yield browser
    browser.close()
    assert browser.complaints == []
    assert {url.partition(":")[0] for url in browser.requests} == {"file"}
    assert len(browser.requests) == browser.opened
