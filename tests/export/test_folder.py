"""keraslm export: every format, run by its own runtime, is the model itself."""

import json
import runpy
import subprocess
import sys

import keras
import numpy as np
import pytest

from keraslm.errors import UsageError
from keraslm.export import description, folder
from keraslm.export.folder import export_folder
from keraslm.models import KerasLanguageModel, gru
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import tokenizer_named
from keraslm.text.vocabulary import Vocabulary

FORMATS = ("savedmodel", "onnx", "litert")
KINDS = (
    *("trigram", "bag-of-words", "neural-ngram"),
    *("sigmoid", "gru", "lstm", "transformer"),
)


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.long
def test_the_runtime_computes_what_the_model_does(
    tmp_path, build, ask, ids, opened, capsys, monkeypatch, kind, file_format
):
    model, out = ask(build(kind)), tmp_path / "out"
    export_folder(model, out, file_format)
    description = json.loads((out / "model.json").read_text(encoding="utf-8"))
    step, sequence = opened(out, file_format)
    for row in ids:
        expected = np.asarray(model.keras_model(row[None]))
        found = sequence(ids=row[None])["logits"]
        np.testing.assert_allclose(found, expected, atol=1e-4)
        found = [logits_of(out) for out in stepped(step, description, row)]
        np.testing.assert_allclose(found, expected[0], atol=1e-4)
    capsys.readouterr()
    monkeypatch.setattr(sys, "argv", ["generate.py"])
    runpy.run_path(str(out / "generate.py"))
    written = capsys.readouterr().out
    assert written == "".join(model.generate(length=200, temperature=0)) + "\n"


def stepped(step, description, ids):
    """Read ids one at a time, as the description says."""
    states = {
        s["name"]: np.full((1, *s["shape"][1:]), s["initial"], s["dtype"])
        for s in description["states"]
    }
    for token in ids:
        outputs = step(ids=token[None], **states)
        states = {s["name"]: outputs[s["next"]] for s in description["states"]}
        yield outputs


def logits_of(outputs):
    return outputs["logits"][0]


@pytest.mark.parametrize("file_format", ["savedmodel", "onnx"])
@pytest.mark.long
def test_several_texts_are_read_at_once(tmp_path, build, ask, ids, opened, file_format):
    model = build("lstm")
    export_folder(ask(model), tmp_path / "out", file_format)
    step, sequence = opened(tmp_path / "out", file_format)
    expected = np.asarray(model(ids))
    np.testing.assert_allclose(sequence(ids=ids)["logits"], expected, atol=1e-4)
    zeros = np.zeros((len(ids), 4), np.float32)
    states = dict.fromkeys(("h_1", "c_1", "h_2", "c_2"), zeros)
    found = step(ids=ids[:, 0], **states)["logits"]
    np.testing.assert_allclose(found, expected[:, 0], atol=1e-4)


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.long
def test_the_example_runs_without_keraslm(tmp_path, runtime, file_format):
    runtime(file_format)
    model = new_word_model()
    export_folder(model, tmp_path / "out", file_format)
    example = tmp_path / "out/generate.py"
    program = example.read_text(encoding="utf-8")
    assert "import keraslm" not in program
    assert "from keraslm" not in program
    run = [sys.executable, "-I", example, "20"]
    done = subprocess.run(run, check=True, capture_output=True, encoding="utf-8")
    expected = "".join(model.generate(length=20, temperature=0))
    assert done.stdout == expected + "\n"
    assert {"\n", " "} < {*expected}


def new_word_model():
    tokens = {"</s>": 3, "the": 3, "dog": 2, "barks": 1}
    vocabulary = Vocabulary.build(tokens, "word")
    encoder = TextEncoder(tokenizer_named("word"), vocabulary)
    network = gru(len(vocabulary), embedding=3, units=4)
    rng = np.random.default_rng(4)
    network.set_weights([rng.normal(0, 1.5, w.shape) for w in network.get_weights()])
    return KerasLanguageModel(network, encoder, "gru")


def test_the_description_says_what_the_step_needs(tmp_path, build, ask):
    out = tmp_path / "out"
    paths = export_folder(ask(build("lstm")), out, "savedmodel")
    assert {out / "model.json", out / "generate.py", out / "saved_model.pb"} < {*paths}
    read = json.loads((out / "model.json").read_text(encoding="utf-8"))
    state = {"dtype": "float32", "shape": ["batch", 4], "initial": 0.0}
    assert read["states"] == [
        {"name": name, "next": f"next_{name}", **state}
        for name in ("h_1", "c_1", "h_2", "c_2")
    ]
    assert read["step"]["inputs"][0] == {
        "name": "ids",
        "dtype": "int32",
        "shape": ["batch"],
    }
    assert read["step"]["outputs"][0]["shape"] == ["batch", 7]
    assert read["sequence"]["outputs"][0]["shape"] == ["batch", "time", 7]
    assert read["tokens"] == ["<unk>", "\n", *"abcde"]


def test_a_window_starts_with_boundaries(build, ask, tmp_path):
    export_folder(ask(build("neural-ngram")), tmp_path / "out", "savedmodel")
    read = json.loads((tmp_path / "out/model.json").read_text(encoding="utf-8"))
    (state,) = read["states"]
    assert (state["initial"], state["dtype"]) == (read["boundary_id"], "int32")
    assert state["shape"] == ["batch", 2]  # a context of 3 is 2 ids and the new one


def test_a_transformer_s_states_are_the_keys_and_values_of_its_blocks(build, ask):
    read = description.of_step(ask(build("transformer")))
    # a context of 4 keeps 3 keys; 8 units
    cache = {"keys": ([3, 8], "float32"), "values": ([3, 8], "float32")}
    cache["seen"] = ([3], "int32")
    assert read["states"] == [
        {
            "name": f"{name}_{block}",
            "dtype": dtype,
            "shape": ["batch", *shape],
            "initial": 0,
            "next": f"next_{name}_{block}",
        }
        for block in (1, 2)
        for name, (shape, dtype) in cache.items()
    ]


def test_only_an_earlier_export_is_replaced(tmp_path, build, ask):
    out, model = tmp_path / "out", ask(build("bigram"))
    export_folder(model, out, "savedmodel")
    (out / "generate.py").unlink()
    export_folder(model, out, "savedmodel")
    assert (out / "generate.py").is_file()
    (out / "notes.txt").write_text("precious")
    with pytest.raises(UsageError, match=r"holds 'notes\.txt'"):
        export_folder(model, out, "savedmodel")
    assert (out / "notes.txt").read_text() == "precious"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_place_that_is_no_export_is_left(tmp_path, build, ask):
    model = ask(build("bigram"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="is no earlier export"):
        export_folder(model, tmp_path / "empty", "savedmodel")
    (tmp_path / "file").write_text("precious")
    with pytest.raises(UsageError, match="is a file"):
        export_folder(model, tmp_path / "file", "savedmodel")


def test_an_export_that_fails_leaves_the_earlier_one(tmp_path, build, ask, monkeypatch):
    out, model = tmp_path / "out", ask(build("bigram"))
    export_folder(model, out, "savedmodel")
    before = sorted(out.rglob("*"))

    def fail(model, place, file_format):
        (place / "step.onnx").write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder, "_write", fail)
    with pytest.raises(OSError, match="No space"):
        export_folder(model, out, "onnx")
    assert sorted(out.rglob("*")) == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_cannot_be_exported(tmp_path, build, ask, monkeypatch):
    model = ask(build("bigram"))
    with pytest.raises(UsageError, match="savedmodel, onnx, litert; received 'h5'"):
        export_folder(model, tmp_path / "out", "h5")
    with monkeypatch.context() as patch:
        patch.setattr(keras.backend, "backend", lambda: "jax")
        with pytest.raises(UsageError, match="KERAS_BACKEND=tensorflow"):
            export_folder(model, tmp_path / "out", "onnx")
    model.keras_model = keras.Sequential([keras.layers.Embedding(7, 7)])
    with pytest.raises(UsageError, match="own layers"):
        export_folder(model, tmp_path / "out", "onnx")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_extra_is_named(tmp_path, build, ask, monkeypatch):
    monkeypatch.setitem(sys.modules, "tf2onnx", None)
    with pytest.raises(ImportError, match=r"pip install 'keraslm\[export\]'"):
        export_folder(ask(build("bigram")), tmp_path / "out", "onnx")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["lstm-direct", "lstm-direct-classes", "lstm-ngrams"])
def test_hashed_features_are_refused(tmp_path, build, ask, kind):
    with pytest.raises(UsageError, match="also reads its last tokens"):
        export_folder(ask(build(kind)), tmp_path / "out", "savedmodel")
    assert not list(tmp_path.iterdir())
