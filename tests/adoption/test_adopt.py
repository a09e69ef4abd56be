"""An adopted model gives the probabilities that its own network gives."""

import concurrent.futures

import numpy as np
import pytest
from keras import ops

import keraslm
from keraslm.adoption import Adoption, adopt
from keraslm.adoption.checks import check_deterministic
from keraslm.adoption.reading import Foreign
from keraslm.errors import ModelFileError, UsageError
from keraslm.export.stock import export_stock
from keraslm.models import KerasLanguageModel, recurrent
from keraslm.models.adopted import AdoptedRecurrent, AdoptedWindow
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import tokenizer_named
from keraslm.text.vocabulary import Vocabulary

TOKENS = list("\nabcde")
SIZE = len(TOKENS)
TEXT = "abcab\neacdb"
PLACES = [TOKENS.index(c) for c in "\n" + TEXT]  # a text starts after "\n"


def log_softmax(logits):
    logits = np.asarray(logits, np.float64)
    return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))


def answer(network, given):
    return ops.convert_to_numpy(network(given))


def streamed(model, ids):
    """Read a text token by token."""
    stream, found = model.stream(), []
    for token_id in ids.tolist():
        found.append(stream.next_log_probabilities())
        stream.push(token_id)
    return np.array(found)


def expect(model, rows):
    """Compare the model with rows of log P in the foreign order; shapes: (time, V)."""
    ids = model.encoder.encode(TEXT)
    chosen = rows[np.arange(len(TEXT)), PLACES[1:]]
    np.testing.assert_allclose(model.log_probabilities(ids), chosen, atol=1e-5)
    stream = streamed(model, ids)
    assert (stream[:, 0] == -np.inf).all()  # the foreign model has no <unk>
    np.testing.assert_allclose(stream[:, 1:], rows, atol=1e-5)
    np.testing.assert_allclose(np.exp(stream).sum(axis=1), 1, atol=1e-9)


@pytest.fixture
def adopted(tmp_path, saved):
    """Adopt a network, save it and open it again; gives the network and the model."""

    def adopted(build, **how):
        network, path, tokens = saved(build)
        adopt(path, tokens, Adoption(**how)).save(tmp_path / "model.keras")
        return network, keraslm.load(tmp_path / "model.keras")

    return adopted


@pytest.mark.parametrize("how", [{}, {"context": 20}])
def test_a_recurrent_network_reads_the_whole_history(adopted, how):
    network, model = adopted("sequence_logits", **how)
    kind = AdoptedWindow if how else AdoptedRecurrent
    assert isinstance(model.keras_model, kind)
    expect(model, log_softmax(answer(network, np.array([PLACES[:-1]])))[0])


def test_a_stateful_network_carries_its_states_as_its_own_calls_do(adopted):
    network, model = adopted("stateful")
    before = np.resize(PLACES[:-1], 15)  # three calls of five tokens
    parts = [answer(network, np.tile(part, (2, 1)))[0] for part in before.reshape(3, 5)]
    expect(model, np.log(np.concatenate(parts))[: len(TEXT)])
    assert "carried" in model.state_rule


def test_a_network_of_one_step_becomes_one_of_many(adopted):
    network, model = adopted("one_step")
    vectors = np.eye(SIZE)[PLACES[:-1]].reshape(-1, 1, 1, SIZE)
    expect(
        model, np.log(np.concatenate([answer(network, vector) for vector in vectors]))
    )


def test_masking_the_padding_changes_nothing_in_a_text(saved):
    tokens = ["", *"\nabcd"]  # the padding is token 0, as Keras wants it
    network, path, file = saved("masked", tokens)
    model = adopt(path, file)
    assert isinstance(model.keras_model, AdoptedRecurrent)
    text = "abcad\ncc"
    ids = model.encoder.encode(text)
    places = [tokens.index(c) for c in "\n" + text]
    rows = log_softmax(answer(network, np.array([places[:-1]])))[0]
    found = streamed(model, ids)
    np.testing.assert_allclose(found, rows, atol=1e-5)  # the padding counts as <unk>
    chosen = rows[np.arange(len(text)), places[1:]]
    np.testing.assert_allclose(model.log_probabilities(ids), chosen, atol=1e-5)


def test_the_classic_character_window_starts_with_zeros(adopted):
    network, model = adopted("one_hot_window")
    # before the text: no token, no token, no token, "\n"
    vectors = np.concatenate([np.zeros((3, SIZE)), np.eye(SIZE)[PLACES]])
    windows = np.array([vectors[t : t + 4] for t in range(len(TEXT))])
    expect(model, np.log(answer(network, windows)))
    assert model.state_rule.startswith("the last 4 tokens")


@pytest.mark.parametrize(("padding", "token"), [(None, "\n"), ("c", "c")])
def test_a_window_of_ids_starts_with_the_padding(adopted, padding, token):
    network, model = adopted("id_window", padding=padding)
    ids = [TOKENS.index(token)] * 2 + PLACES
    windows = np.array([ids[t : t + 3] for t in range(len(TEXT))])
    expect(model, log_softmax(answer(network, windows)))


def test_a_causal_convolution_is_read_anew(adopted):
    network, model = adopted("convolution")
    expect(model, log_softmax(answer(network, np.array([PLACES[:-1]])))[0])


def test_a_transformer_sees_its_own_length(adopted):
    network, model = adopted("transformer")
    rows = []
    for t in range(1, len(TEXT) + 1):
        history = PLACES[max(0, t - 8) : t]
        padded = np.array([history + [0] * (8 - len(history))])
        rows.append(log_softmax(answer(network, padded))[0, len(history) - 1])
    expect(model, np.array(rows))


def test_evaluate_and_generate_work(adopted):
    network, model = adopted("sequence_logits")
    again = "".join(model.generate("ab", 20, seed=1))
    assert again == "".join(model.generate("ab", 20, seed=1))
    assert set(again) <= set(TOKENS)
    rows = log_softmax(answer(network, np.array([PLACES[:-1]])))[0]
    mean = -rows[np.arange(len(TEXT)), PLACES[1:]].mean()
    assert model.perplexity(TEXT) == pytest.approx(np.exp(mean), rel=1e-5)


def test_a_token_the_network_lacks_has_probability_zero(adopted):
    _, model = adopted("sequence_logits")
    score = model.score("abzab" + 40 * "abc")
    assert score.log_probabilities[2] == -np.inf
    assert np.isfinite(score.log_probabilities).sum() == 124


@pytest.mark.long
def test_a_long_text_is_read_through_an_impossible_token(adopted):
    network, model = adopted("sequence_logits")
    text = "abcde\nz" * 400  # two rows, side by side
    places = ["\nabcde".find(c) for c in "\n" + text]
    given = np.maximum(places, 0)  # z is read as the line end
    rows = log_softmax(answer(network, given[None, :-1]))[0]
    expected = rows[np.arange(len(text)), given[1:]]
    expected[np.array(places[1:]) < 0] = -np.inf
    found = model.log_probabilities(model.encoder.encode(text))
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_tokens_no_text_can_hold_count_as_unknown(saved):
    tokens = ["[PAD]", "[UNK]", *"abc", "\n"]
    network, path, file = saved("sequence_logits", tokens)
    model = adopt(path, file, Adoption(level="char"))
    assert model.vocabulary.tokens == ("<unk>", "\n", "a", "b", "c")
    rows = log_softmax(answer(network, np.array([[5]])))[0, 0]  # after "\n"
    expected = [np.exp(rows[0]) + np.exp(rows[1]), *np.exp(rows[[5, 2, 3, 4]])]
    found = model.next_token_probabilities("")
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_a_bidirectional_network_is_refused_and_told_where(saved):
    _, path, file = saved("bidirectional")
    with pytest.raises(
        ModelFileError, match="token 2 changed the output at position 1"
    ):
        adopt(path, file)


def test_the_sizes_must_agree(saved):
    _, path, file = saved("sequence_logits", list("\nabc"))
    with pytest.raises(ModelFileError, match=r"\(None, None, 6\).* 4 tokens"):
        adopt(path, file)


def test_logits_are_no_probabilities(saved):
    _, path, file = saved("sequence_logits")
    with pytest.raises(UsageError, match="`outputs='logits'`"):
        adopt(path, file, Adoption(outputs="probabilities"))


def test_a_window_cannot_be_longer_than_the_network_reads(saved):
    _, path, file = saved("transformer")
    with pytest.raises(UsageError, match=r"at most 8 tokens.* received 9"):
        adopt(path, file, Adoption(context=9))


def test_weights_that_are_no_numbers_are_refused(tmp_path, saved):
    network, path, file = saved("id_window")
    network.set_weights([np.full(w.shape, np.nan) for w in network.get_weights()])
    network.save(path)
    with pytest.raises(ModelFileError, match="infinite or NaN"):
        adopt(path, file)


def test_a_network_that_draws_lots_is_refused():
    class Dice:
        layers = ()

        def __call__(self, ids, training):
            return np.random.default_rng().random((len(ids), SIZE))

    foreign = Foreign(Dice(), SIZE, one_hot=False, batch=None, time=3, next_only=True)
    with pytest.raises(ModelFileError, match="not deterministic: two calls differ"):
        check_deterministic(foreign)


@pytest.mark.parametrize("kind", [{"cell": "gru"}, {"cell": "lstm", "tied": True}])
def test_an_export_of_ours_comes_back_the_same(tmp_path, kind):
    vocabulary = Vocabulary.build(dict.fromkeys("\nabcde", 1), "char")
    encoder = TextEncoder(tokenizer_named("char"), vocabulary)
    network = recurrent(len(vocabulary), units=4, embedding=3, **kind)
    model = KerasLanguageModel(network, encoder, "ours")
    back = adopt(*export_stock(model, tmp_path / "stock.keras"))
    assert back.vocabulary.tokens == model.vocabulary.tokens
    ids = model.encoder.encode("abc\nzed")  # z is <unk>, which the export knows
    np.testing.assert_allclose(
        back.log_probabilities(ids), model.log_probabilities(ids), atol=1e-5
    )


def test_eight_threads_write_what_one_writes(saved):
    _, path, file = saved("sequence_logits")
    model = adopt(path, file)  # its step is compiled by the threads themselves

    def write(seed):
        return "".join(model.generate("ab", 20, seed=seed))

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        together = list(pool.map(write, range(8)))
    assert together == [write(seed) for seed in range(8)]
