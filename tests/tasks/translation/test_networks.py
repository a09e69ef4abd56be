"""NumPy writes what Keras does; padding, batches and the future change nothing."""

import keras
import numpy as np
import pytest

from keraslm.tasks.translation.reading import read_targets, write_best
from keraslm.tasks.translation.shape import TranslatorShape
from tests.tasks.translation.conftest import new

SOURCE = np.array([[3, 4, 5, 8], [3, 1, 7, 2]], np.int32)
BEFORE = np.array([[0, 2, 3], [0, 4, 5]], np.int32)


def read(network, source, before):
    return keras.ops.convert_to_numpy(network([source, before]))


@pytest.mark.backends
def test_numpy_reads_as_keras_does_whatever_the_padding(network, reader):
    told = read(network[0], np.pad(SOURCE, ((0, 0), (0, 3))), BEFORE)
    log_p, weights = read_targets(reader, SOURCE, BEFORE)
    np.testing.assert_allclose(np.exp(log_p), told, atol=1e-5)
    np.testing.assert_allclose(told.sum(axis=-1), 1, atol=1e-5)
    if network[1].attention != "none":
        np.testing.assert_allclose(weights.sum(axis=-1), 1, atol=1e-5)
        assert weights.shape == (2, 3, 4)


def test_sources_of_several_lengths_in_a_batch_change_nothing(network):
    """The first source is shorter: its padding is read by no layer."""
    short, long = SOURCE[:1, :2], SOURCE[1:]
    both = np.concatenate([np.pad(short, ((0, 0), (0, 2))), long])
    together = read(network[0], both, BEFORE)
    for k, source in enumerate((short, long)):
        alone = read(network[0], source, BEFORE[k : k + 1])
        np.testing.assert_allclose(together[k : k + 1], alone, atol=1e-5)


def test_the_decoder_does_not_see_what_it_is_to_write(network):
    other = BEFORE.copy()
    other[:, 2] = 6
    told, again = (read(network[0], SOURCE, b) for b in (BEFORE, other))
    np.testing.assert_allclose(told[:, :2], again[:, :2], atol=1e-6)
    assert np.abs(told[:, 2] - again[:, 2]).max() > 1e-3


def test_every_token_of_the_source_counts(network):
    told = read(network[0], SOURCE, BEFORE)
    for place in range(4):
        other = SOURCE.copy()
        other[:, place] = 6
        assert np.abs(read(network[0], other, BEFORE) - told).max() > 1e-4


def test_what_is_written_is_the_best_token_at_each_step(reader):
    for text in SOURCE:
        (written,) = write_best(reader, text[None], end=0, forbidden=1, length=5)
        before = np.array([[0, *written]], np.int32)
        log_p = read_targets(reader, text[None], before)[0][0]
        log_p[:, 1] = -np.inf
        best = log_p.argmax(axis=-1).tolist()
        assert best[: len(written)] == written
        assert len(written) == 5 or best[len(written)] == 0


@pytest.mark.backends
def test_decoding_is_that_of_keras_s_own_cell_and_attention_with_the_same_weights():
    """Of an LSTM with dot attention: o_{t-1} is read beside y_{t-1}."""
    network, _ = new({"model": "lstm", "attention": "dot"})
    encoder, decoder = network.get_layer("encoder"), network.get_layer("decoder")
    padded = np.pad(SOURCE, ((0, 0), (0, 2)))
    h, *state = encoder(padded)
    embedding, feeding, softmax = (x for x in decoder.layers if x.weights)
    y = embedding(BEFORE)
    cell, join = keras.layers.LSTMCell(8), keras.layers.Dense(8, activation="tanh")
    o = keras.ops.zeros((2, 8))
    for own, theirs in ((feeding.layers[0], cell), (feeding.join, join)):
        theirs.build((None, own.weights[0].shape[0]))
        theirs.set_weights(own.get_weights())
    attention, found = keras.layers.Attention(), []
    for t in range(BEFORE.shape[1]):
        s, state = cell(keras.ops.concatenate([y[:, t], o], axis=-1), state)
        c = attention([s[:, None], h], mask=[None, padded > 0])[:, 0]
        o = join(keras.ops.concatenate([c, s], axis=-1))
        found.append(keras.ops.convert_to_numpy(softmax(o)))
    told = read(network, padded, BEFORE)
    np.testing.assert_allclose(told, np.stack(found, axis=1), atol=1e-5)


def test_the_file_opens_as_plain_keras(network, tmp_path):
    network[0].save(tmp_path / "n.keras")
    again = keras.models.load_model(tmp_path / "n.keras")
    told, same = (read(n, SOURCE, BEFORE) for n in (network[0], again))
    np.testing.assert_array_equal(told, same)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"units": 7, "bidirectional": True}, "even, received 7"),
        ({"model": "transformer", "attention": "none"}, "attends by dot products"),
        ({"model": "transformer", "units": 20, "heads": 4}, "multiple of twice"),
        ({"model": "transformer", "bidirectional": True}, "sees both sides anyway"),
    ],
)
def test_parts_that_do_not_go_together_are_refused(given, said):
    with pytest.raises(ValueError, match=said):
        TranslatorShape(**given)
