"""Model files: what is saved comes back, and what is no model is refused."""

import json
import pathlib
import subprocess
import sys
import zipfile

import keras
import numpy as np
import pytest

import keraslm
from keraslm.errors import ModelFileError, UsageError
from keraslm.inference.language_model import NetworkLanguageModel
from keraslm.layers.class_softmax import ClassSoftmax
from keraslm.models import KerasLanguageModel, bigram, gru, lstm, maxent, ngram, rnn
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import tokenizer_named
from keraslm.text.vocabulary import Vocabulary

ROOT = pathlib.Path(__file__).parent.parent
NETWORKS = {
    "bigram": lambda: bigram(5),
    "bag-of-words": lambda: ngram(5, context=2, input="bag-of-words", hidden=(3,)),
    "neural-ngram": lambda: ngram(5, context=3, hidden=(3, 2), dropout=0.1, seed=1),
    "maxent": lambda: maxent(5, order=3, skip=1, bits=6),
    "rnn": lambda: rnn(5, embedding=2, units=3, layers=2, activation="sigmoid"),
    "gru": lambda: gru(5, embedding=3, units=3, layers=2, residual=True, dropout=0.1),
    "direct": lambda: gru(5, embedding=2, units=3, direct_order=3, bits=6),
    "lstm": lambda: lstm(5, embedding=2, units=3, layers=2, tied=True),
}


def new_model(name="lstm"):
    vocabulary = Vocabulary.build({"\n": 3, "a": 4, "b": 2, "字": 1}, "char")
    encoder = TextEncoder(tokenizer_named("char"), vocabulary)
    return KerasLanguageModel(
        NETWORKS[name](), encoder, name, {"card": {"perplexity": 2.5}}
    )


def test_a_vocabulary_that_is_no_axis_of_the_weights_is_opened(tmp_path):
    # 2,000 words in 2 classes of 1,000: the features' table alone reaches for them all
    counts = {"\n": 1} | {f"w{i}": 1 for i in range(1998)}
    vocabulary = Vocabulary.build(counts, "word")
    encoder = TextEncoder(tokenizer_named("word"), vocabulary)
    classes = [place // 1000 for place in range(len(vocabulary))]
    network = maxent(encoder, order=2, bits=12, softmax=ClassSoftmax(classes))
    network.save(tmp_path / "m.keras")
    opened = keraslm.load(tmp_path / "m.keras")
    ids = np.array([[1, 2, 3, 1999]])
    assert np.array_equal(opened.keras_model(ids), network(ids))


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / "model.keras"
    model = new_model()
    model.save(path)
    return path, model.keras_model(np.array([[1, 2, 3, 4]]))


@pytest.mark.parametrize("name", NETWORKS)
def test_what_is_saved_comes_back(tmp_path, name):
    model = new_model(name)
    model.save(tmp_path / "model.keras")
    loaded = keraslm.load(tmp_path)  # a folder RUN holds a model.keras
    assert isinstance(loaded, NetworkLanguageModel)
    assert (loaded.name, loaded.metadata) == (name, model.metadata)
    assert loaded.vocabulary.tokens == ("<unk>", "\n", "a", "b", "字")
    assert loaded.vocabulary.counts.tolist() == [0, 3, 4, 2, 1]
    was, found = (m.keras_model.get_config() for m in (model, loaded))
    assert was.items() <= found.items()
    for one, two in zip(
        loaded.keras_model.get_weights(), model.keras_model.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(one, two)
    assert loaded.score("ab字\n").log_probability == pytest.approx(
        model.score("ab字\n").log_probability, abs=1e-6
    )


def test_keras_opens_it_once_a_room_of_keraslm_is_imported(saved):
    """Whichever of keras and keraslm is first is a test of test_versions.py."""
    path, expected = saved
    code = (
        "import keraslm.layers\nimport keras\n"
        "import numpy as np, sys, keraslm.layers.gru\n"
        "keraslm.layers.gru.GRU  # imported twice, a package loses its modules\n"
        "model = keras.saving.load_model(sys.argv[1])\n"
        "print(np.asarray(model(np.array([[1, 2, 3, 4]]))).ravel().tolist())\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, path], cwd=ROOT, capture_output=True, check=True
    )
    found = np.array(json.loads(result.stdout)).reshape(1, 4, 5)
    np.testing.assert_allclose(found, expected, atol=1e-6)


def refused(path, words):
    with pytest.raises(ModelFileError, match=words) as caught:
        keraslm.load(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.5, 0.99])
def test_a_file_cut_short(saved, tmp_path, share):
    whole = saved[0].read_bytes()
    part = tmp_path / "part.keras"
    part.write_bytes(whole[: int(len(whole) * share)])
    refused(part, "not a whole model file")


def rewritten(saved, out, name, change):
    """Copy a model file with one member changed."""
    with zipfile.ZipFile(saved[0]) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.namelist():
            data = old.read(member)
            new.writestr(member, change(data) if member == name else data)


def test_damaged_members(saved, tmp_path):
    path = tmp_path / "changed.keras"
    rewritten(saved, path, "config.json", lambda data: data[:50])
    refused(path, "config.json is not JSON")
    rewritten(saved, path, "model.weights.h5", lambda data: data[: len(data) // 2])
    refused(path, "weights cannot be read")
    rewritten(saved, path, "assets/keraslm.json", lambda data: data[:50])
    refused(path, "not JSON")


def test_a_foreign_class(saved, tmp_path, monkeypatch):
    """Nothing outside Keras and keraslm is looked up, least of all called."""
    called = []
    monkeypatch.setattr("os.system", lambda *given, **named: called.append(given))
    path = tmp_path / "foreign.keras"
    for module, name in (("os", "system"), ("keraslm", "Unknown")):

        def foreign(data, module=module, name=name):
            config = {**json.loads(data), "module": module, "class_name": name}
            return json.dumps({**config, "registered_name": name}).encode()

        rewritten(saved, path, "config.json", foreign)
        refused(path, f"holds a {module}.{name}, not a model of keraslm")
    assert not called


def test_another_keras_model_in_our_file(saved, tmp_path):
    plain = tmp_path / "plain.keras"
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)]).save(plain)
    refused(plain, "a Keras file without a vocabulary")
    with zipfile.ZipFile(saved[0]) as ours, zipfile.ZipFile(plain, "a") as archive:
        archive.writestr("keraslm/model.json", ours.read("assets/keraslm.json"))
    refused(plain, "holds a keras.Sequential, not a model of keraslm")


def test_other_files(tmp_path):
    old = tmp_path / "old.h5"
    old.write_bytes(b"\x89HDF\r\n\x1a\n")
    refused(old, "HDF5 file")
    old.rename(tmp_path / "renamed.keras")
    refused(tmp_path / "renamed.keras", "HDF5 file")
    with pytest.raises(UsageError, match="no model file"):
        keraslm.load(tmp_path / "none.keras")


def test_an_error_while_saving_loses_nothing(saved, tmp_path, monkeypatch):
    path = tmp_path / "model.keras"
    path.write_bytes(saved[0].read_bytes())
    before = path.read_bytes()

    def fail(*_):
        raise OSError("no space left on device")

    monkeypatch.setattr(keras.layers.Layer, "save_own_variables", fail)
    with pytest.raises(OSError, match="no space"):
        new_model().save(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_model_that_is_trained_on_answers_with_its_new_weights(saved, tmp_path):
    model = keraslm.load(saved[0])
    before = model.score("ab字").log_probability
    weights = model.keras_model.get_weights()
    model.keras_model.set_weights([2 * weight for weight in weights])
    model.name = "trained on"
    after = model.score("ab字").log_probability
    assert abs(after - before) > 1e-3
    model.save(tmp_path / "again.keras")
    again = keraslm.load(tmp_path / "again.keras")
    assert again.name == "trained on"
    assert again.score("ab字").log_probability == pytest.approx(after, abs=1e-6)
    assert list(again.generate("a", 9, seed=1)) == list(model.generate("a", 9, seed=1))
