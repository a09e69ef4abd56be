"""keraslm export: plain Keras, without keraslm, computes the same."""

import json
import subprocess
import sys

import keras
import numpy as np
import pytest

from keraslm.adoption import adopt
from keraslm.errors import UsageError
from keraslm.export import stock
from keraslm.inference.stream import NetworkStream
from keraslm.models import ngram

PLAIN = """
import pathlib, sys
import numpy as np
import keras
folder = pathlib.Path(sys.argv[1])
found = {}
for path in folder.glob("*.keras"):
    model = keras.saving.load_model(path, safe_mode=True)
    for name in ("ids", "short"):
        ids = np.load(folder / (name + ".npy"))
        found[path.stem + name] = np.asarray(model(ids))
assert "keraslm" not in sys.modules
np.savez(folder / "found.npz", **found)
"""


def test_plain_keras_gives_the_same_logits(tmp_path, exported_kinds, build, ask, ids):
    np.save(tmp_path / "ids.npy", ids)
    short = ids[:1, :1]  # shorter than every window
    np.save(tmp_path / "short.npy", short)
    for kind in exported_kinds:
        stock.export_stock(ask(build(kind)), tmp_path / f"{kind}.keras")
    run = [sys.executable, "-c", PLAIN, tmp_path]
    subprocess.run(run, check=True, cwd=tmp_path)
    with np.load(tmp_path / "found.npz") as found:
        for kind in exported_kinds:
            model = build(kind)
            for name, given in (("ids", ids), ("short", short)):
                expected = np.asarray(model(given))
                np.testing.assert_allclose(
                    found[kind + name], expected, atol=1e-5, err_msg=kind + name
                )


@pytest.mark.parametrize("kind", ["gru", "lstm"])
def test_what_is_traced_on_a_gpu_runs_without_one(build, kind):
    recurrent = [
        layer
        for layer in stock.stock_model(build(kind)).layers
        if isinstance(layer, keras.layers.RNN)
    ]
    assert recurrent
    assert not any(layer.use_cudnn for layer in recurrent)


def test_the_vocabulary_lies_beside_it(tmp_path, build, ask):
    paths = stock.export_stock(ask(build("bigram")), tmp_path / "out.keras")
    assert paths == [tmp_path / "out.keras", tmp_path / "out.vocabulary.json"]
    read = json.loads(paths[1].read_text(encoding="utf-8"))
    assert read["tokens"] == ["<unk>", "\n", *"abcde"]
    assert (read["level"], read["tokenizer"]) == ("char", "char")
    assert (read["unknown_id"], read["boundary_id"]) == (0, 1)
    assert "logits" in read["use"]


def test_only_an_earlier_export_is_replaced(tmp_path, build, ask):
    out, beside = tmp_path / "out.keras", tmp_path / "out.vocabulary.json"
    model = ask(build("bigram"))
    stock.export_stock(model, out)
    stock.export_stock(model, out)
    for precious in ("[1, 2]", "not JSON"):
        beside.write_text(precious)
        out.unlink(missing_ok=True)
        with pytest.raises(UsageError, match="holds something else"):
            stock.export_stock(model, out)
        assert beside.read_text() == precious
        assert not out.exists()


def test_what_cannot_be_exported(tmp_path, build, ask, monkeypatch):
    with pytest.raises(UsageError, match=r"end with \.keras"):
        stock.export_stock(ask(build("bigram")), tmp_path / "out.onnx")
    monkeypatch.setattr(stock, "LARGEST_BAG", 5)
    model = ngram(7, input="bag-of-words", hidden=(2,))
    with pytest.raises(UsageError, match="at most 5 words; this model has 7"):
        stock.export_stock(ask(model), tmp_path / "out.keras")
    foreign = ask(build("bigram"))
    foreign.keras_model = keras.Sequential([keras.layers.Embedding(7, 7)])
    with pytest.raises(UsageError, match="own layers"):
        stock.export_stock(foreign, tmp_path / "out.keras")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "kind", ["maxent", "maxent-classes", "lstm-direct", "lstm-ngrams"]
)
def test_hashed_features_are_refused(tmp_path, build, ask, kind):
    with pytest.raises(UsageError, match="have no stock Keras layer"):
        stock.export_stock(ask(build(kind)), tmp_path / "out.keras")
    assert not list(tmp_path.iterdir())


def test_an_exported_transformer_is_adopted_again(tmp_path, build, ask, ids):
    model = ask(build("transformer"))
    _, vocabulary = stock.export_stock(model, tmp_path / "out.keras")
    again = adopt(tmp_path / "out.keras", vocabulary)
    text = model.encoder.decode(ids[0])
    found, expected = (m.score(text).log_probabilities for m in (again, model))
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_a_transformer_is_the_same_far_from_the_beginning(build):
    model = build("transformer")
    ids = np.random.default_rng(5).integers(0, 7, (1, 2000)).astype(np.int32)
    found = keras.ops.convert_to_numpy(stock.stock_model(model)(ids))[0, -1]
    stream = NetworkStream(model.to_numpy(), ids[0, 0])
    stream.extend(ids[0, 1:])
    np.testing.assert_allclose(found, stream.logits, atol=1e-4)
