"""A language model is an ordinary Keras model: looked into, asked, saved, built on."""

import keras
import numpy as np
import pytest
from keras import ops

import keraslm
from keraslm import models
from keraslm.errors import UsageError
from keraslm.text import Text, TextEncoder

pytestmark = pytest.mark.backends

TEXT = Text.from_string("abba cabbed bead\ndeaf baa\nabe cede feed a bad cab\n" * 4)
TOKENS = TextEncoder.fit(TEXT, level="char")
SIZE = len(TOKENS.vocabulary)
SMALL = {"embedding": 4, "units": 5}
BUILDERS = {
    "bigram": models.bigram,
    "trigram": models.trigram,
    "ngram": models.ngram,
    "bag-of-words": lambda t: models.ngram(t, input="bag-of-words"),
    "maxent": lambda t: models.maxent(t, bits=8),
    "maxent-classes": lambda t: models.maxent(t, bits=8, softmax="classes"),
    "rnn": lambda t: models.rnn(t, **SMALL),
    "gru": lambda t: models.gru(t, **SMALL),
    "lstm": lambda t: models.lstm(t, **SMALL, layers=2, dropout=0.1),
    "tied": lambda t: models.lstm(t, **SMALL, tied=True, embedding_dropout=0.1),
    "residual": lambda t: models.lstm(t, embedding=4, units=4, residual=True),
    "adaptive": lambda t: models.lstm(t, **SMALL, softmax="adaptive"),
    "classes": lambda t: models.lstm(t, **SMALL, softmax="classes"),
    "direct": lambda t: models.lstm(t, **SMALL, direct_order=3, bits=8),
    "own": lambda t: keraslm.CausalLM(own_network(), t),
}


def own_network(*more):
    return keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            keras.layers.Embedding(SIZE, 4),
            *more,
            keras.layers.GRU(5, return_sequences=True),
            keras.layers.Dense(SIZE),
        ],
        name="own",
    )


@pytest.fixture(params=BUILDERS)
def model(request):
    keras.utils.set_random_seed(1)
    return BUILDERS[request.param](TOKENS)


@pytest.fixture
def lstm():
    keras.utils.set_random_seed(1)
    return models.lstm(TOKENS, **SMALL)


@pytest.fixture
def ids():
    return np.random.default_rng(2).integers(0, SIZE, (2, 9)).astype("int32")


def array(tensor):
    return ops.convert_to_numpy(tensor)


def close(found, expected, atol=1e-5):
    np.testing.assert_allclose(array(found), array(expected), atol=atol)


def test_its_summary_tells_every_shape_and_weight(model):
    lines = []
    model.summary(print_fn=lines.append)
    printed = "\n".join(lines)
    assert "?" not in printed
    assert "(None, None" in printed
    assert f"{model.count_params():,}" in printed


def test_predict_takes_any_length_and_is_the_call(model, ids):
    for length in (1, 5, 2, 9):
        close(model.predict(ids[:, :length], verbose=0), model(ids[:, :length]))
    close(model.predict(ids, batch_size=1, verbose=0), model(ids))


def test_a_layer_s_output_is_a_model_of_its_own(lstm, ids):
    name = lstm.recurrent[0].name
    inner = keras.Model(lstm.input, lstm.get_layer(name).output)
    assert inner.output_shape == (None, None, 5)
    close(inner(ids), lstm.recurrent[0](lstm.embed(ids)))
    tagger = keras.Model(lstm.input, keras.layers.Dense(3)(inner.output))
    tagger.compile("adam", "mse")
    before = lstm.embed.get_weights()[0]
    tagger.train_on_batch(ids, np.ones((2, 9, 3)))
    assert np.abs(lstm.embed.get_weights()[0] - before).max() > 0


def test_a_picture_is_drawn_of_it(lstm, tmp_path):
    pytest.importorskip("pydot")
    if not keras.utils.model_visualization.check_graphviz():
        pytest.skip("graphviz draws it")
    keras.utils.plot_model(lstm, tmp_path / "lstm.png", show_shapes=True)
    assert (tmp_path / "lstm.png").stat().st_size > 1000


def test_a_clone_is_a_model_of_the_same_graph(lstm, ids):
    clone = keras.models.clone_model(lstm)
    assert clone.output_shape == lstm.output_shape
    clone.set_weights(lstm.get_weights())
    close(clone(ids), lstm(ids))


def test_it_writes_a_text_or_several(lstm):
    one = lstm.generate("abba", length=12, seed=3)
    assert one.startswith("abba")
    assert len(one) == 4 + 12
    assert lstm.generate("abba", length=12, seed=3) == one
    assert lstm.generate("abba", length=12, seed=4) != one
    assert lstm.generate("abba", 12, seed=3, strip_prompt=True) == one[4:]
    pieces = lstm.generate("abba", 12, seed=3, stream=True)
    assert next(pieces) == "abba"
    assert "".join(pieces) == one[4:]
    # the k-th is written with the seed of the first, and k
    several = lstm.generate(["abba", "cab"], 12, seed=3)
    assert several == [one, lstm.generate("cab", 12, seed=4)]
    assert lstm.generate(length=0) == ""
    greedy = {lstm.generate("a", 12, temperature=0) for _ in range(3)}
    assert greedy == {lstm.generate("a", 12, top_k=1)}


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"length": -1}, "length counts tokens"),
        ({"temperature": -1.0}, "temperature"),
        ({"top_k": 0}, "top_k"),
        ({"top_p": 1.5}, "top_p"),
        ({"prompts": ["a", "b"], "stream": True}, "one text is streamed at a time"),
    ],
)
def test_what_it_cannot_write_is_refused_at_once(lstm, how, words):
    with pytest.raises(UsageError, match=words):
        lstm.generate(**how)


def test_a_text_s_probabilities_are_those_of_its_logits(model):
    ids = TOKENS.encode(Text.from_string("bead a\n"))
    log_p = array(ops.log_softmax(model(np.append(1, ids[:-1])[None])))[0]
    expected = log_p[np.arange(len(ids)), ids]
    found = model.score("bead a\n").log_probabilities
    np.testing.assert_allclose(found, expected, atol=1e-4)
    perplexity = np.exp(-expected.mean())
    assert model.perplexity("bead a\n") == pytest.approx(perplexity, rel=1e-4)


def test_it_answers_with_its_present_weights(lstm):
    before = lstm.perplexity("bead a\n")
    lstm.set_weights([3 * weight for weight in lstm.get_weights()])
    assert abs(lstm.perplexity("bead a\n") - before) > 0.01


def test_without_a_vocabulary_it_has_no_words(ids):
    model = models.lstm(SIZE, **SMALL)
    assert model(ids).shape == (2, 9, SIZE)
    for ask in (
        model.generate,
        lambda: model.score("a"),
        lambda: model.perplexity("a"),
    ):
        with pytest.raises(UsageError, match="has no vocabulary"):
            ask()
    model.tokens = TOKENS
    assert len(model.generate(length=5)) == 5


def saved_by_checkpoint(model, path):
    keep = keras.callbacks.ModelCheckpoint(path)
    windows = keraslm.Windows(TEXT, TOKENS, 2, 8)
    model.fit(windows, verbose=0, callbacks=[keep])


SAVING = {
    "model.save": lambda model, path: model.save(path),
    "keras.saving": keras.saving.save_model,
    "ModelCheckpoint": saved_by_checkpoint,
}
OPENING = {
    "keraslm": lambda path: keraslm.load(path).keras_model,
    "keras": keras.saving.load_model,
}


@pytest.mark.parametrize("save", SAVING)
@pytest.mark.parametrize("opening", OPENING)
def test_a_file_holds_the_vocabulary_however_it_is_written(
    lstm, tmp_path, save, opening
):
    lstm.compile("adam")
    lstm.metadata["note"] = "kept"
    SAVING[save](lstm, tmp_path / "model.keras")
    again = OPENING[opening](tmp_path / "model.keras")
    assert again.tokens.vocabulary.tokens == TOKENS.vocabulary.tokens
    assert again.metadata["note"] == "kept"
    assert again.perplexity("bead\n") == pytest.approx(lstm.perplexity("bead\n"))
    assert again.generate("a", 9, seed=1) == lstm.generate("a", 9, seed=1)


def test_every_model_is_opened_by_keras_and_by_keraslm(model, ids, tmp_path):
    model.save(tmp_path / "model.keras")
    for opening in OPENING.values():
        again = opening(tmp_path / "model.keras")
        assert isinstance(again, keraslm.CausalLM)
        close(again(ids), model(ids))
        again.save(tmp_path / "again.keras")
        close(OPENING["keras"](tmp_path / "again.keras")(ids), model(ids))


def test_a_training_goes_on_from_a_file_as_if_it_had_not_ended(lstm, tmp_path):
    windows = keraslm.Windows(TEXT, TOKENS, 2, 8)
    lstm.compile(keras.optimizers.Adam(0.01))
    lstm.fit(windows, epochs=1, verbose=0)
    lstm.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    for model in (lstm, again):
        model.fit(windows, epochs=1, verbose=0)
    for one, two in zip(lstm.get_weights(), again.get_weights(), strict=True):
        close(one, two, atol=1e-6)
    assert int(array(again.optimizer.iterations)) == 2 * len(windows)


def test_a_loss_that_cannot_be_stored_is_left_out_aloud(lstm, tmp_path):
    def halved(y, logits):
        nats = keras.losses.sparse_categorical_crossentropy(y, logits, True)
        return nats / 2

    lstm.compile("adam", halved)
    with pytest.warns(UserWarning, match="compile it again after loading") as told:
        lstm.save(tmp_path / "model.keras")
    (line,) = [str(one.message) for one in told if one.category is UserWarning]
    assert "\n" not in line
    for opening in OPENING.values():
        again = opening(tmp_path / "model.keras")
        assert again.perplexity("bead\n") == pytest.approx(lstm.perplexity("bead\n"))


def test_an_existing_file_is_overwritten_only_if_that_was_asked(lstm, tmp_path):
    path = tmp_path / "model.keras"
    path.write_text("precious")
    with pytest.raises(UsageError, match="exists already"):
        lstm.save(path, overwrite=False)
    assert path.read_text() == "precious"


def test_stock_layers_carry_their_state(ids):
    model = keraslm.CausalLM(own_network(), TOKENS)
    states, parts = model.initial_states(2), []
    for part in np.split(ids, [3, 4], axis=1):
        logits, states = model.step(part, states)
        parts.append(array(logits))
    close(np.concatenate(parts, axis=1), model(ids))


def test_attention_reads_the_text_again():
    hidden = keras.Input((None,), dtype="int32")
    x = keras.layers.Embedding(SIZE, 4)(hidden)
    x = keras.layers.MultiHeadAttention(2, 2)(x, x, use_causal_mask=True)
    network = keras.Model(hidden, keras.layers.Dense(SIZE)(x))
    model = keraslm.CausalLM(network, TOKENS)
    assert "at least the last 256 tokens" in model.state_rule
    ids = TOKENS.encode(Text.from_string("bead a\n"))
    # before a text stand line boundaries
    seen = np.concatenate([[1] * 256, [1], ids[:-1]])[None]
    log_p = array(ops.log_softmax(model(seen)))[0, 256:]
    found = model.score("bead a\n").log_probabilities
    np.testing.assert_allclose(found, log_p[np.arange(len(ids)), ids], atol=1e-4)


def test_a_network_that_ends_in_probabilities_gives_their_logarithms(ids):
    layers = [
        keras.Input((None,), dtype="int32"),
        keras.layers.Embedding(SIZE, 4),
        keras.layers.Dense(SIZE, activation="softmax"),
    ]
    network = keras.Sequential(layers)
    model = keraslm.CausalLM(network, TOKENS)
    close(model(ids), ops.log(network(ids)))


def both_ways():
    return keras.layers.Bidirectional(keras.layers.GRU(2, return_sequences=True))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: own_network(both_ways()), "looks ahead"),
        (lambda: keras.Sequential([keras.layers.Dense(3)]), "with an Input"),
        (
            lambda: keras.Sequential(
                [keras.Input((3,)), keras.layers.Embedding(SIZE, SIZE)]
            ),
            "reads ids of any number",
        ),
        (
            lambda: keras.Sequential(
                [
                    keras.Input((None,)),
                    keras.layers.Embedding(SIZE, 3),
                    keras.layers.GRU(SIZE),
                ]
            ),
            "let recurrent layers return sequences",
        ),
        (
            lambda: keras.Sequential(
                [keras.Input((None,)), keras.layers.Embedding(SIZE + 1, SIZE + 1)]
            ),
            "they must be equal",
        ),
    ],
)
def test_a_network_that_is_no_language_model_is_refused(make, words):
    with pytest.raises(UsageError, match=words):
        keraslm.CausalLM(make(), TOKENS)
