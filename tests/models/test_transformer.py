"""The transformer: what is cached is what is read anew, at every length."""

import keras
import numpy as np
import pytest
from keras import ops

import keraslm
from keraslm import Windows, models
from keraslm.errors import UsageError
from keraslm.models.scorer import StreamScorer

pytestmark = pytest.mark.backends

SIZE, CONTEXT, LAYERS = 7, 4, 2
REACH = LAYERS * (CONTEXT - 1)  # tokens before a token that change what it predicts
SMALL = {"layers": LAYERS, "heads": 2, "units": 8, "context": CONTEXT}
IDS = np.random.default_rng(0).integers(0, SIZE, (2, 150)).astype("int32")


def new(tokens=SIZE, **more):
    """Build a model whose weights are far from zero."""
    model = models.transformer(tokens, **{**SMALL, **more})
    rng = np.random.default_rng(1)
    model.set_weights(
        [rng.normal(w.ndim == 1, 0.4, w.shape) for w in model.get_weights()]
    )
    return model


@pytest.fixture(scope="module")
def model():
    return new()


def array(x):
    return ops.convert_to_numpy(x)


def stepped(model, ids, sizes):
    states, shown = model.initial_states(len(ids)), []
    for part in np.split(ids, np.cumsum(sizes), axis=1):
        logits, states = model.step(part, states)
        shown.append(array(logits))
    return np.concatenate(shown, axis=1)


@pytest.mark.parametrize("sizes", [[1] * 149, [64, 64], [3, 1, 2, 40, 90]])
def test_what_is_cached_is_what_is_read_anew_far_beyond_the_context(model, sizes):
    np.testing.assert_allclose(stepped(model, IDS, sizes), array(model(IDS)), atol=1e-5)


@pytest.mark.parametrize("tied", [False, True])
def test_numpy_s_cache_too_at_every_length(tied):
    model = new(tied=tied)
    network, anew = model.to_numpy(), array(model(IDS))
    state = network.initial_state(1, (2,))
    for place in range(IDS.shape[1]):
        logits, state = network.step(IDS[:, place], state)
        np.testing.assert_allclose(logits, anew[:, place], rtol=1e-5, atol=1e-5)
        position, caches = state
        assert (position == place + 1).all()
        assert all(keys.shape[-2] < CONTEXT for keys, _ in caches)


def test_a_position_sees_its_reach_and_nothing_of_the_future(model):
    changed = IDS.copy()
    changed[:, 50] = (IDS[:, 50] + 1) % SIZE
    moved = np.abs(array(model(IDS)) - array(model(changed))).max(axis=(0, 2)) > 1e-6
    expected = (np.arange(150) >= 50) & (np.arange(150) <= 50 + REACH)
    np.testing.assert_array_equal(moved, expected)


def test_fresh_blocks_are_the_identity():
    model = models.transformer(SIZE, **SMALL)
    x = model.embed(IDS)
    expected = model.predict_next(model.last_norm(x))
    np.testing.assert_allclose(array(model(IDS)), array(expected), atol=1e-6)


@pytest.fixture(scope="module")
def encoder():
    text = keraslm.text.Text.from_string("ab\ncde\n")
    return keraslm.TextEncoder.fit(text, "char")


def by_hand(model, steps):
    """Give the perplexity of all steps, each row of the text read at once."""
    given = [step[0] for step in steps]
    read = [x["length"][0] if isinstance(x, dict) else x.shape[1] for x in given]
    ids = [x["ids"] if isinstance(x, dict) else x for x in given]
    parts = zip(ids, *[[step[k] for step in steps] for k in (1, 2)], read, strict=True)
    cut = [[x[:, :length] for x in step] for *step, length in parts]
    ids, targets, weights = (np.concatenate(x, axis=1) for x in zip(*cut, strict=True))
    log_p = array(ops.log_softmax(model(ids)))
    nats = -np.take_along_axis(log_p, targets[..., None], -1)[..., 0]
    return np.exp((nats * weights).sum() / weights.sum())


@pytest.mark.parametrize("vary_time", [False, True])
def test_a_window_of_training_goes_on_where_the_one_before_ended(encoder, vary_time):
    windows = Windows(IDS[0], encoder, 2, time=16, vary_time=vary_time)
    steps = [windows[number] for number in range(len(windows))]
    assert len(steps) > 3
    model = new(encoder)
    perplexity = keraslm.metrics.Perplexity()
    model.compile(keras.optimizers.SGD(0.0), weighted_metrics=[perplexity])
    found = model.fit(windows, verbose=0).history["perplexity"][0]
    assert found == pytest.approx(by_hand(model, steps), rel=1e-5)
    if not vary_time:
        measured = model.evaluate(windows, verbose=0, return_dict=True)
        assert measured["perplexity"] == pytest.approx(found, rel=1e-5)


def test_twenty_steps_lower_the_loss_with_dropout(encoder):
    model = models.transformer(encoder, **SMALL, dropout=0.1, seed=1)
    windows = Windows(np.tile(np.arange(SIZE), 60), encoder, 4, time=5)
    model.compile(keras.optimizers.Adam(0.02))
    before, *_, after = model.fit(windows, epochs=4, verbose=0).history["loss"]
    assert after < before / 2


def test_a_long_text_is_scored_in_rows_as_token_by_token(encoder, monkeypatch):
    model = new(encoder)
    ids = np.random.default_rng(3).integers(0, SIZE, 2200)
    stream, expected = model.language_model.stream(), []
    for token_id in ids.tolist():
        expected.append(stream.next_log_probabilities()[token_id])
        stream.push(token_id)
    scorer, calls = StreamScorer(model), []
    call = StreamScorer._call
    monkeypatch.setattr(
        StreamScorer, "_call", lambda *a: calls.append(len(a[1])) or call(*a)
    )
    found = scorer.log_probabilities(ids, 1)
    np.testing.assert_allclose(found, expected, atol=1e-4)
    # rows of 550 tokens: one look at the last 64, then 9 windows, and none again
    assert calls == [4] * 10


def test_the_rows_of_a_large_state_are_few():
    scorer = StreamScorer(models.transformer(SIZE, units=64, context=4096))
    # 4 layers x 2 x 4095 x 64 numbers, and which there are: 2.1 million of 8
    assert scorer._most_rows() == 3


def test_a_file_is_read_by_numpy_by_keraslm_and_by_keras(encoder, tmp_path):
    model = new(encoder, tied=True)
    model.save(tmp_path / "model.keras")
    expected = model.score("abcde\nbad\n").log_probabilities
    opened = keraslm.load(tmp_path / "model.keras")
    for one in (opened, opened.keras_model):
        found = one.score("abcde\nbad\n").log_probabilities
        np.testing.assert_allclose(found, expected, atol=1e-5)
    again = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(array(again(IDS)), array(model(IDS)), atol=1e-6)
    assert opened.state_rule == model.state_rule
    assert "4 tokens, carried in each of 2 layers: 7 tokens" in opened.state_rule


def test_a_network_of_one_s_own_with_a_block_carries_its_state(encoder, tmp_path):
    ids = keras.Input((None,), dtype="int32")
    x = keras.layers.Embedding(SIZE, 8)(ids)
    x = keraslm.layers.TransformerBlock(2, CONTEXT)(x)
    network = keras.Model(ids, keras.layers.Dense(SIZE)(x))
    model = keraslm.CausalLM(network, encoder)
    assert model.context == 0
    model.save(tmp_path / "own.keras")
    opened = keraslm.load(tmp_path / "own.keras")
    expected = model.score("abcde").log_probabilities
    np.testing.assert_allclose(opened.score("abcde").log_probabilities, expected, 1e-5)
    # without a window there is no state of one size: the text is read again
    x = keraslm.layers.TransformerBlock(2)(keras.layers.Embedding(SIZE, 8)(ids))
    network = keras.Model(ids, keras.layers.Dense(SIZE)(x))
    assert keraslm.CausalLM(network, encoder).context == 256


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"units": 10, "heads": 4}, "10 units and 4 heads"),
        ({"layers": 0}, "layers must be 1 or more; received 0"),
        ({"layers": 65}, "layers must be 64 or less; received 65"),
        ({"context": 10_000}, "context must be 8192 or less; received 10000"),
        ({"dropout": 1.0}, r"dropout must lie in \[0, 1\)"),
    ],
)
def test_what_cannot_be_built_is_refused(options, words):
    with pytest.raises(UsageError, match=words):
        models.transformer(SIZE, **options)
