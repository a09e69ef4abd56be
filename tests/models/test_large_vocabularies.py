"""Recurrent models with an adaptive or a class softmax, as language models."""

import numpy as np
import pytest

import keraslm
from keraslm.errors import UsageError
from keraslm.export.stock import export_stock
from keraslm.layers import AdaptiveSoftmax, ClassSoftmax
from keraslm.models import lstm

WORDS = 7
SOFTMAXES = {
    "adaptive": lambda: AdaptiveSoftmax(WORDS, [2, 4], [0.05, 0.0]),
    "classes": lambda: ClassSoftmax([0, 2, 0, 1, 1, 0, 2]),
}


def network(softmax):
    model = lstm(WORDS, embedding=3, units=4, softmax=softmax)
    rng = np.random.default_rng(5)
    model.set_weights([rng.normal(0, 0.7, w.shape) for w in model.get_weights()])
    return model


@pytest.fixture(params=SOFTMAXES)
def language_model(request, ask):
    return ask(network(SOFTMAXES[request.param]()))


@pytest.fixture
def text():
    return np.random.default_rng(4).integers(0, WORDS, 300)


def test_a_stream_s_probabilities_sum_to_one_and_are_those_of_keras(
    language_model, text
):
    ids = text[:6].astype("int32")
    expected = np.asarray(language_model.keras_model(np.append(1, ids)[None]))[0]
    stream = language_model.stream()
    for row, token in zip(expected, [*ids.tolist(), 0], strict=True):
        found = stream.next_log_probabilities()
        assert np.exp(found).sum() == pytest.approx(1, abs=1e-12)
        np.testing.assert_allclose(found, row, atol=1e-5)
        stream.push(token)


def test_a_text_is_scored_by_its_targets_as_a_stream_scores_it(
    language_model, text, by_keras
):
    stream, expected = language_model.stream(), []
    for token in text.tolist():
        expected.append(stream.next_log_probabilities()[token])
        stream.push(token)
    found = language_model.log_probabilities(text)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_several_texts_are_written_at_once(language_model):
    alone = list(language_model.generate(length=20, seed=3))
    assert len("".join(alone)) == 20
    assert language_model.streams(3).logits.shape == (3, WORDS)


def test_a_saved_model_gives_the_same_figures(language_model, text, tmp_path):
    language_model.save(tmp_path / "m.keras")
    again = keraslm.load(tmp_path / "m.keras")
    found, expected = again.stream(), language_model.stream()
    np.testing.assert_array_equal(found.logits, expected.logits)
    first, second = (
        m.keras_model.predict_next.get_config() for m in (again, language_model)
    )
    assert first == second


def test_an_export_to_stock_layers_is_refused(language_model, tmp_path):
    with pytest.raises(UsageError, match="no stock layer"):
        export_stock(language_model, tmp_path / "out.keras")
    assert not list(tmp_path.iterdir())


def test_tied_weights_are_refused():
    with pytest.raises(UsageError, match="vectors of its own"):
        lstm(WORDS, tied=True, softmax=SOFTMAXES["adaptive"]())
