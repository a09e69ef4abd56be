"""A long text is scored in rows; the figures are those of one reading."""

import numpy as np
import pytest

from keraslm.models import lstm, scorer

TOKENS = 2100


@pytest.fixture
def text():
    return np.random.default_rng(4).integers(0, 7, TOKENS).astype(np.uint16)


def one_reading(language_model, text):
    """Score from the first token to the last, one by one, in NumPy."""
    stream, found = language_model.stream(), []
    for token_id in text.tolist():
        found.append(stream.next_log_probabilities()[token_id])
        stream.push(token_id)
    return np.array(found)


@pytest.fixture
def small_rows(monkeypatch, by_keras):
    monkeypatch.setattr(scorer, "TIME", 32)
    monkeypatch.setattr(scorer, "ROWS", 4)
    monkeypatch.setattr(scorer, "LONG", 0)


def test_rows_do_not_change_the_figures(language_model, text, small_rows):
    assert scorer.layout(TOKENS, 10**6)[0] == 4
    found = language_model.log_probabilities(text)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, one_reading(language_model, text), atol=1e-4)


def long_lived():
    """Build an LSTM whose cells forget a tenth of a per cent a step, and matter."""
    model = lstm(7, embedding=3, units=4)
    rng = np.random.default_rng(5)
    weights = [rng.normal(0, 0.7, w.shape) for w in model.get_weights()]
    weights[1][:, 4:8] = weights[2][:, 4:8] = 0
    weights[3][4:8] = 7.0  # f = sigmoid(7) = 0.999
    weights[3][0:4] = -3.0
    model.set_weights(weights)
    return model


def test_a_memory_that_lasts_is_read_row_by_row(ask, text, small_rows, monkeypatch):
    model, readings = ask(long_lived()), []
    read = scorer.StreamScorer._read

    def counted(self, table, rows, time):
        readings.append(len(rows))
        return read(self, table, rows, time)

    monkeypatch.setattr(scorer.StreamScorer, "_read", counted)
    monkeypatch.setattr(scorer, "CLOSE", 0)
    found = model.log_probabilities(text)
    np.testing.assert_allclose(found, one_reading(model, text), atol=1e-4)
    assert readings == [4, 3, 1, 1], "all that are wrong twice, then one by one"


def test_what_lasts_but_is_never_shown_is_not_read_again(
    ask, text, small_rows, monkeypatch
):
    network, calls = long_lived(), []
    *others, bias, kernel, of_words = network.get_weights()
    bias[12:16] = -30.0  # o = 0: h does not show c
    network.set_weights([*others, bias, kernel, of_words])
    model, call = ask(network), scorer.StreamScorer._call

    def counted(self, inputs, *given):
        calls.append(len(inputs))
        return call(self, inputs, *given)

    monkeypatch.setattr(scorer.StreamScorer, "_call", counted)
    found = model.log_probabilities(text)
    np.testing.assert_allclose(found, one_reading(model, text), atol=1e-6)
    windows = -(-TOKENS // 4 // 32)  # of a row of 525 tokens
    assert calls == [4] + [4] * windows + [3], "a guess, a reading, and a look"


def test_readings_end_when_the_figure_stays(ask, text, small_rows, monkeypatch):
    model = ask(long_lived())
    exact = one_reading(model, text).mean()
    assert model.log_probabilities(text).mean() == pytest.approx(exact, rel=1e-5)
    monkeypatch.setattr(scorer, "CLOSE", 1e9)  # one reading of every row
    once = model.log_probabilities(text).mean()
    assert once == pytest.approx(exact, rel=0.05)
    assert once != pytest.approx(exact, rel=1e-5)


def test_an_impossible_token_may_stand_in_a_row(ask, text, small_rows):
    network = long_lived()
    *others, of_words = network.get_weights()
    of_words[3] = -np.inf
    network.set_weights([*others, of_words])
    found = ask(network).log_probabilities(text)
    assert np.array_equal(np.isneginf(found), text == 3)


@pytest.mark.parametrize("tokens", [0, 1, 2, 17, 300])
def test_short_texts(ask, build, text, tokens, by_keras):
    model = ask(build("neural-ngram"))
    found = model.log_probabilities(text[:tokens])
    assert found.shape == (tokens,)
    if tokens:
        np.testing.assert_allclose(found, one_reading(model, text[:tokens]), atol=1e-5)
