"""Many texts written in a compiled loop: those that NumPy writes, and when."""

import keras
import numpy as np
import pytest

from keraslm.generation.sampling import Sampler
from keraslm.generation.together import TokenStreams
from keraslm.models import writing_loop
from keraslm.models.writing_loop import LONG, STEPS, WritingLoop

TEXTS = 5
POINTS = np.random.default_rng(0).random((TEXTS, 2 * STEPS + 40))

on_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="it is compiled by XLA"
)


@on_tensorflow
@pytest.mark.parametrize("temperature", [1, 0.5])
@pytest.mark.parametrize("kind", ["rnn", "sigmoid", "gru", "lstm", "tied"])
def test_the_loop_writes_what_numpy_writes(language_model, temperature, monkeypatch):
    sampler = Sampler(temperature)
    expected = TokenStreams.write(language_model.streams(TEXTS), POINTS, sampler, 0)
    calls, predict = [], WritingLoop.predict_on_batch
    monkeypatch.setattr(
        WritingLoop,
        "predict_on_batch",
        lambda self, given: calls.append(given["steps"][0]) or predict(self, given),
    )
    monkeypatch.setattr(writing_loop, "LONG", 1)
    found = language_model.streams(TEXTS).write(POINTS, sampler, 0)
    np.testing.assert_array_equal(found, expected)
    assert calls == [STEPS, STEPS, 39]  # the first token was drawn before
    assert 0 not in found
    assert len(np.unique(found)) == 6  # all but <unk>


@on_tensorflow
@pytest.mark.parametrize("kind", ["lstm"])
def test_a_temperature_below_what_xla_divides_by(language_model, monkeypatch):
    expected = language_model.generate_many(range(3), "ab", 50, temperature=0)
    monkeypatch.setattr(writing_loop, "LONG", 1)
    how = {"temperature": 1e-310}
    assert language_model.generate_many(range(3), "ab", 50, **how) == expected


@on_tensorflow
@pytest.mark.parametrize("kind", ["gru", "lstm"])
def test_a_vocabulary_too_large_for_a_table(build, ask, kind, monkeypatch):
    expected = ask(build(kind)).generate_many(range(3), "ab", 50)
    monkeypatch.setattr(writing_loop, "LONG", 1)
    monkeypatch.setattr(writing_loop, "LARGEST_TABLE", 1)
    assert ask(build(kind)).generate_many(range(3), "ab", 50) == expected


@on_tensorflow
@pytest.mark.parametrize("kind", ["lstm"])
def test_one_token_needs_no_loop(language_model, monkeypatch):
    monkeypatch.setattr(writing_loop, "LONG", 1)
    expected = ["".join(language_model.generate("ab", 1, seed=s)) for s in range(3)]
    assert language_model.generate_many(range(3), "ab", 1) == expected


@on_tensorflow
def test_it_is_compiled_when_much_is_asked_for(build):
    loop = WritingLoop(build("lstm"), 0)
    assert loop.repays((64, LONG // 64), Sampler())
    loop = WritingLoop(build("lstm"), 0)
    assert not loop.repays((32, LONG // 64), Sampler())  # half of it
    assert not loop.repays((16, LONG // 64), Sampler())  # another batch
    assert loop.repays((32, LONG // 64), Sampler())


@pytest.mark.parametrize("how", [{"temperature": 0}, {"top_k": 3}, {"top_p": 0.5}])
def test_tokens_are_only_left_out_by_numpy(build, how):
    assert not WritingLoop(build("lstm"), 0).repays((64, LONG), Sampler(**how))


@pytest.mark.parametrize("kind", ["lstm-direct", "lstm-direct-classes"])
def test_features_and_other_softmaxes_are_for_numpy(build, kind):
    assert not WritingLoop(build(kind), 0).repays((64, LONG), Sampler())
