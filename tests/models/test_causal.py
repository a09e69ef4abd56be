"""What every model keeps to: no look ahead, a state that carries, a configuration."""

import numpy as np
import pytest

from keraslm.errors import ModelFileError, UsageError
from keraslm.models import RecurrentModel, WindowModel


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
    twin.build_weights()
    twin.set_weights(model.get_weights())
    np.testing.assert_array_equal(twin(ids), model(ids))


def test_before_a_text_stand_boundaries(build, ids):
    model = build("neural-ngram")
    padded = np.concatenate([np.ones((2, 2), np.int32), ids], axis=1)
    close(np.asarray(model(padded))[:, 2:], model(ids))


def test_a_dropped_word_is_zero_wherever_it_stands():
    model = RecurrentModel(7, units=8, embedding=4, embedding_dropout=0.5, seed=3)
    model.build_weights()
    words = np.tile(np.arange(7), (2, 3))
    vectors = np.asarray(model.embed(words))
    found = np.asarray(model._embedded(words, training=True))
    kept = np.abs(found).sum(axis=-1) > 0
    assert np.array_equal(kept, np.tile(kept[0, :7], (2, 3)))  # word by word
    assert 0 < kept[0, :7].sum() < 7
    close(found[kept], 2 * vectors[kept])  # 1 / (1 - 0.5)
    close(model._embedded(words, training=False), vectors)


def test_dropout_only_in_training(ids):
    for model in (
        WindowModel(7, hidden=(50,), dropout=0.5, seed=1),
        RecurrentModel(7, units=8, embedding=8, dropout=0.5, seed=1),
    ):
        np.testing.assert_array_equal(model(ids), model(ids))
        assert not np.allclose(model(ids, training=True), model(ids, training=True))


def test_weights_counted_by_hand():
    def count(model):
        model.build_weights()
        return model.count_params()

    # V V + V: multinomial logistic regression of 7 words on 7
    assert count(WindowModel(7, 1, "one-hot", hidden=())) == 7 * 7 + 7
    # (2 x 7) 5 + 5, then 5 x 7 + 7
    assert count(WindowModel(7, 2, "one-hot", hidden=(5,))) == 75 + 42
    # E 7 x 3, (2 x 3) 5 + 5, 5 x 7 + 7
    assert count(WindowModel(7, 2, "embedding", 3, (5,))) == 21 + 35 + 42
    # E 7 x 3; 4 gates of 3 x 5 + 5 x 5 + 5 = 45; O 5 x 7 + 7
    assert count(RecurrentModel(7, "lstm", 3, 5, 1)) == 21 + 180 + 42
    # tied: no O and no bias, a projection 5 x 3
    assert count(RecurrentModel(7, "lstm", 3, 5, 1, tied=True)) == 21 + 180 + 15
    # tied, of one width: E 7 x 5, 4 gates of 5 x 5 + 5 x 5 + 5 = 55
    assert count(RecurrentModel(7, "lstm", 5, 5, 1, tied=True)) == 35 + 220


def test_residual_adds_where_widths_are_equal():
    same = RecurrentModel(7, embedding=4, units=4, residual=True)
    wider = RecurrentModel(7, embedding=3, units=4, residual=True)
    plain = RecurrentModel(7, embedding=4, units=4)
    assert [same.adds_residual(k) for k in (0, 1)] == [True, True]
    assert [wider.adds_residual(k) for k in (0, 1)] == [False, True]
    assert [plain.adds_residual(k) for k in (0, 1)] == [False, False]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: WindowModel(7, context=0), "context must be 1 or more"),
        (lambda: WindowModel(7, context=1001), "context must be 1000 or less"),
        (lambda: WindowModel(7, input_kind="bytes"), "input must be one of one-hot"),
        (lambda: WindowModel(7, hidden=(3, 0)), "must be 1 or more"),
        (lambda: WindowModel(7, embedding=0), "must be 1 or more"),
        (lambda: WindowModel(7, dropout=1.0), r"dropout must lie in \[0, 1\)"),
        (lambda: RecurrentModel(7, cell="elman"), "cell must be one of rnn, gru, lstm"),
        (lambda: RecurrentModel(7, units=0), "units must be 1 or more"),
        (lambda: RecurrentModel(7, layers=0), "layers must be 1 or more"),
        (lambda: RecurrentModel(7, layers=65), "layers must be 64 or less"),
        (lambda: RecurrentModel(7, embedding=-1), "embedding must be 1 or more"),
        (lambda: RecurrentModel(7, dropout=-0.1), r"dropout must lie in \[0, 1\)"),
        (lambda: RecurrentModel(7, activation="sigmoid"), "is for the cell rnn"),
    ],
)
def test_what_is_refused(make, words):
    with pytest.raises(UsageError, match=words):
        make()


def test_a_vocabulary_of_another_size_is_refused(ask):
    with pytest.raises(ModelFileError, match="predicts 6 tokens"):
        ask(WindowModel(6))
