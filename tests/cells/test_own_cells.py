"""A cell of a user's own is a file of equations: it trains, writes and is kept."""

import dataclasses

import keras
import numpy as np
import pytest
from keras import ops

import keraslm
from keraslm.cells import registry
from keraslm.errors import ModelFileError, UsageError
from keraslm.layers import LSTM, Recurrent
from keraslm.models import recurrent
from keraslm.probes import gradient
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import tokenizer_named
from keraslm.training import Configuration, train
from tests.cells.own import MinimalGatedUnit, PeepholeLSTM

pytestmark = pytest.mark.xla

TEXT = "the cat sat on the mat\na dog saw the cat\n" * 8
OWN = {"peephole-lstm": PeepholeLSTM, "minimal-gated-unit": MinimalGatedUnit}


@pytest.fixture(params=OWN)
def name(request):
    return request.param


def filled(layer, features):
    layer.build((None, None, features))
    rng = np.random.default_rng(0)
    layer.set_weights([rng.normal(0, 0.7, w.shape) for w in layer.get_weights()])
    return layer


@pytest.mark.backends
def test_a_layer_reads_as_its_steps_do(name):
    layer = filled(Recurrent(OWN[name](4), return_state=True), 3)
    x = np.random.default_rng(1).normal(size=(2, 5, 3)).astype("float32")
    shown, *last = map(ops.convert_to_numpy, layer(x))
    state = [np.zeros((2, 4), "float32") for _ in layer.cell.states]
    for t in range(5):
        state = layer.cell.step(x[:, t], state, layer.get_weights())
        np.testing.assert_allclose(shown[:, t], state[0], atol=1e-5)
    np.testing.assert_allclose(last, state, atol=1e-5)


@pytest.mark.backends
def test_its_gradient_is_that_of_finite_differences(name):
    layer = filled(Recurrent(OWN[name](3)), 2)
    x = np.random.default_rng(2).normal(size=(1, 4, 2)).astype("float32")

    def loss(weights):
        shown, _ = layer.stateless_call(weights, [], x, training=True)
        return ops.sum(ops.sin(shown))

    values = layer.get_weights()
    found = gradient(loss, values)
    for k, value in enumerate(values):
        place = np.unravel_index(np.argmax(np.abs(found[k])), value.shape)
        near = []
        for step in (1e-2, -1e-2):
            moved = [v.copy() for v in values]
            moved[k][place] += step
            near.append(float(ops.convert_to_numpy(loss(moved))))
        slope = (near[0] - near[1]) / 2e-2
        assert found[k][place] == pytest.approx(slope, abs=2e-3)


def test_a_peephole_of_zeros_is_the_lstm():
    own, known = filled(Recurrent(PeepholeLSTM(4)), 3), LSTM(4)
    known.build((None, None, 3))
    W, U, b, *p = own.get_weights()
    own.set_weights([W, U, b, *(0 * one for one in p)])
    known.set_weights([W, U, b])
    x = np.random.default_rng(1).normal(size=(2, 5, 3)).astype("float32")
    np.testing.assert_allclose(own(x), known(x), atol=1e-6)


@pytest.mark.long
def test_its_network_learns_writes_measures_and_is_kept(name, tmp_path):
    encoder, ids = TextEncoder.learn(tokenizer_named("char"), TEXT)
    model = recurrent(encoder, name, embedding=6, units=12, layers=2)
    model.compile(keras.optimizers.Adam(0.02))
    stream = np.concatenate([[1], ids])[:321].astype("int32")
    x, y = stream[:-1].reshape(10, 32), stream[1:].reshape(10, 32)
    history = model.fit(x, y, batch_size=10, epochs=60, verbose=0).history["loss"]
    assert history[0] > 2.5  # near log 16 = 2.77, the uniform
    assert history[-1] < 0.7
    model.save(tmp_path / "own.keras")
    again = keraslm.load(tmp_path / "own.keras")
    here, there = model.score(TEXT[:60]), again.score(TEXT[:60])
    np.testing.assert_allclose(
        there.log_probabilities, here.log_probabilities, atol=1e-5
    )
    written = "".join(again.generate("the ", 9, seed=1))
    assert model.generate("the ", 9, seed=1, strip_prompt=True) == written
    np.testing.assert_allclose(again.keras_model(x), model(x), atol=1e-5)


def test_a_file_of_a_cell_that_is_not_registered_is_refused_in_one_line(
    tmp_path, monkeypatch
):
    encoder, _ = TextEncoder.learn(tokenizer_named("char"), TEXT)
    network = recurrent(encoder, "minimal-gated-unit", embedding=3, units=4)
    network.save(tmp_path / "own.keras")
    monkeypatch.delitem(registry._CELLS, "minimal-gated-unit")
    with pytest.raises(ModelFileError, match=r"keraslm.cells.register") as refused:
        keraslm.load(tmp_path / "own.keras")
    assert "\n" not in str(refused.value)


def test_a_name_is_given_once():
    class Other(PeepholeLSTM):
        pass

    with pytest.raises(UsageError, match="'lstm' is there already"):
        registry.register(Other, "lstm")
    with pytest.raises(UsageError, match=r"call keraslm.cells.register\(Other\) first"):
        Recurrent(Other(3)).get_config()
    assert registry.register(PeepholeLSTM, "peephole-lstm") is PeepholeLSTM


@pytest.mark.long
def test_a_run_trains_it_as_any_other(name, tmp_path):
    (tmp_path / "text.txt").write_text(TEXT * 4)
    sizes = {"embedding": 6, "units": 12, "steps": 60, "batch_size": 8, "time": 16}
    c = Configuration(model=name, level="char", out=str(tmp_path / "run"), **sizes)
    run = train(c, tmp_path / "text.txt")
    assert run.card.perplexity < 6  # of 16 characters
    again = keraslm.load(tmp_path / "run")
    card = again.evaluate(tmp_path / "text.txt")
    assert card.perplexity == pytest.approx(run.card.perplexity, rel=0.2)
    assert len("".join(again.generate("the ", 20, seed=1))) == 20
    longer = dataclasses.replace(c, steps=70)
    resumed = train(longer, tmp_path / "text.txt", resume=True)
    assert len(resumed.model.metadata["history"]) > len(run.model.metadata["history"])
