"""What every model keeps to: no look ahead, a state that carries, a configuration."""

import keras
import numpy as np
import pytest

from keraslm.errors import ModelFileError, UsageError
from keraslm.models import bigram, lstm, ngram, recurrent, rnn, trigram


def close(found, expected):
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_a_later_token_changes_no_earlier_prediction(model, ids):
    before = np.asarray(model(ids))
    changed = ids.copy()
    changed[:, 5] = (changed[:, 5] + 1) % 7
    after = np.asarray(model(changed))
    np.testing.assert_array_equal(after[:, :5], before[:, :5])
    assert np.all(np.abs(after[:, 5] - before[:, 5]).max(axis=-1) > 1e-3)


def test_reading_in_pieces_is_reading_at_once(model, ids):
    states, parts = model.initial_states(2), []
    for start, end in ((0, 1), (1, 5), (5, 9)):
        logits, states = model.step(ids[:, start:end], states)
        parts.append(np.asarray(logits))
    close(np.concatenate(parts, axis=1), model(ids))


def test_a_stream_in_numpy_is_the_model(model, language_model, ids):
    logits = np.asarray(model(np.concatenate([[[1]], ids[:1]], axis=1)))[0]
    expected = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    stream = language_model.stream()
    for token_id, row in zip(ids[0], expected, strict=False):
        close(stream.next_log_probabilities(), row)
        stream.push(int(token_id))
    close(stream.next_log_probabilities(), expected[-1])


@pytest.mark.parametrize(
    "how",
    [{}, {"temperature": 0.5, "top_k": 3}, {"top_p": 0.7}, {"temperature": 0}],
    ids=str,
)
def test_texts_written_side_by_side_are_those_written_alone(language_model, how):
    seeds = [5, 3, 8]
    together = language_model.generate_many(seeds, "ab", 30, **how)
    alone = ["".join(language_model.generate("ab", 30, seed=s, **how)) for s in seeds]
    assert together == alone
    assert all(together)


def test_many_texts_are_written_in_batches(language_model):
    texts = language_model.generate_many(range(130), length=4)
    assert len(texts) == 130
    assert texts[129] == "".join(language_model.generate(length=4, seed=129))
    assert language_model.generate_many([], length=4) == []
    assert language_model.generate_many([1, 2], length=0) == ["", ""]
    with pytest.raises(UsageError, match="length counts tokens"):
        language_model.generate_many([1, 2], length=-1)


def test_probabilities_sum_to_one(language_model):
    for history in ("", "abc", "a\n"):
        probabilities = language_model.next_token_probabilities(history)
        assert probabilities.sum() == pytest.approx(1, abs=1e-9)


def test_the_configuration_makes_the_same_model(model, ids):
    twin = type(model).from_config(model.get_config())
    twin.set_weights(model.get_weights())
    np.testing.assert_array_equal(twin(ids), model(ids))


def test_before_a_text_stand_boundaries(build, ids):
    model = build("neural-ngram")
    padded = np.concatenate([np.ones((2, 2), np.int32), ids], axis=1)
    close(np.asarray(model(padded))[:, 2:], model(ids))


def test_a_dropped_word_is_zero_wherever_it_stands():
    model = lstm(7, units=8, embedding=4, embedding_dropout=0.5, seed=3)
    words = np.tile(np.arange(7), (2, 3))
    vectors = np.asarray(model.embed(words))
    embedded = keras.Model(model.input, model.drop_words.output)
    found = np.asarray(embedded(words, training=True))
    kept = np.abs(found).sum(axis=-1) > 0
    assert np.array_equal(kept, np.tile(kept[0, :7], (2, 3)))  # word by word
    assert 0 < kept[0, :7].sum() < 7
    close(found[kept], 2 * vectors[kept])  # 1 / (1 - 0.5)
    close(embedded(words, training=False), vectors)


def test_dropout_only_in_training(ids):
    for model in (
        ngram(7, hidden=(50,), dropout=0.5, seed=1),
        lstm(7, units=8, embedding=8, dropout=0.5, seed=1),
    ):
        np.testing.assert_array_equal(model(ids), model(ids))
        assert not np.allclose(model(ids, training=True), model(ids, training=True))


def test_weights_counted_by_hand():
    # V V + V: multinomial logistic regression of 7 words on 7
    assert bigram(7).count_params() == 7 * 7 + 7
    # (2 x 7) 5 + 5, then 5 x 7 + 7
    assert trigram(7, input="one-hot", hidden=(5,)).count_params() == 75 + 42
    # E 7 x 3, (2 x 3) 5 + 5, 5 x 7 + 7
    assert trigram(7, embedding=3, hidden=(5,)).count_params() == 21 + 35 + 42
    # E 7 x 3; 4 gates of 3 x 5 + 5 x 5 + 5 = 45; O 5 x 7 + 7
    assert lstm(7, embedding=3, units=5).count_params() == 21 + 180 + 42
    # tied: no O and no bias, a projection 5 x 3
    assert lstm(7, embedding=3, units=5, tied=True).count_params() == 21 + 180 + 15
    # tied, of one width: E 7 x 5, 4 gates of 5 x 5 + 5 x 5 + 5 = 55
    assert lstm(7, embedding=5, units=5, tied=True).count_params() == 35 + 220


@pytest.mark.parametrize("width", [4, 3])
def test_residual_adds_where_widths_are_equal(ids, width):
    model = rnn(7, embedding=width, units=4, layers=2, residual=True)
    h = model.embed(ids)
    first, second = model.recurrent
    h = h + first(h) if width == 4 else first(h)
    h = h + second(h)
    close(model(ids), model.predict_next(h))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: bigram(0), "vocabulary_size must be 1 or more"),
        (lambda: ngram(7, context=0), "context must be 1 or more"),
        (lambda: ngram(7, context=1001), "context must be 1000 or less"),
        (lambda: ngram(7, input="bytes"), "input must be one of one-hot"),
        (lambda: ngram(7, hidden=(3, 0)), "must be 1 or more"),
        (lambda: ngram(7, embedding=0), "must be 1 or more"),
        (lambda: ngram(7, dropout=1.0), r"dropout must lie in \[0, 1\)"),
        (lambda: recurrent(7, "elman"), "cell must be one of rnn, gru, lstm"),
        (lambda: lstm(7, units=0), "units must be 1 or more"),
        (lambda: lstm(7, layers=0), "layers must be 1 or more"),
        (lambda: lstm(7, layers=65), "layers must be 64 or less"),
        (lambda: lstm(7, embedding=-1), "embedding must be 1 or more"),
        (lambda: lstm(7, dropout=-0.1), r"dropout must lie in \[0, 1\)"),
        (lambda: lstm(7, activation="sigmoid"), "is for the cell rnn"),
        (lambda: lstm(7, softmax="half"), "must be one of full, adaptive, classes"),
        (lambda: lstm(7, softmax="classes"), "give a TextEncoder"),
    ],
)
def test_what_is_refused(make, words):
    with pytest.raises(UsageError, match=words):
        make()


def test_a_vocabulary_of_another_size_is_refused(ask):
    with pytest.raises(ModelFileError, match="predicts 6 tokens"):
        ask(bigram(6))
