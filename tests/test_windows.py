"""Windows: Keras is given the text, in its order, from NumPy as from tf.data."""

import pathlib
import tempfile

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keraslm import Windows
from keraslm.errors import CorpusError, UsageError
from keraslm.kernels.tensorflow import windows as graph
from keraslm.kernels.tensorflow.datasets import dataset_of
from keraslm.masked.batches import MaskedBatches
from keraslm.text import Text, TextEncoder, tokenizer_named

TEXT = Text.from_string("the cat sees the dog .\nthe dogs see cats .\n" * 3)
TOKENS, IDS = TextEncoder.learn(tokenizer_named("char"), TEXT)


def arrays(batch):
    """A batch as a list of arrays."""
    return [np.asarray(array) for array in keras.tree.flatten(batch)]


def read(batches):
    return [arrays(batch) for batch in batches]


def assert_equal(one, other):
    assert len(one) == len(other)
    for batch, same in zip(one, other, strict=True):
        for array, twin in zip(batch, same, strict=True):
            assert array.dtype == twin.dtype
            np.testing.assert_array_equal(array, twin)


def test_a_batch_is_the_text_and_what_follows():
    ids, targets, weights = Windows(TEXT, TOKENS, batch_size=2, time=8)[0]
    half = 65  # 129 characters in 2 rows
    assert ids.tolist() == [[1, *IDS[:7]], IDS[half - 1 : half + 7].tolist()]
    assert targets.tolist() == [IDS[:8].tolist(), IDS[half : half + 8].tolist()]
    assert weights.tolist() == [[1] * 8] * 2
    assert (ids.dtype, targets.dtype, weights.dtype) == (np.int32, np.int32, np.float32)


def test_it_knows_its_sizes():
    windows = Windows(TEXT, TOKENS, batch_size=4, time=10)
    assert (windows.rows, windows.time, windows.full) == (4, 10, 40)
    assert windows.tokens == windows.characters == len(IDS) == 129
    assert len(windows) == 4  # 129 characters in 4 rows of 33, in windows of 10
    assert windows.characters_per_token == 1.0
    assert windows.boundary_id == 1


def test_characters_of_words_are_counted_with_spaces_and_ends_of_lines():
    words = TextEncoder.fit(TEXT, level="word")
    windows = Windows(TEXT, words)
    # 3 x ("the cat sees the dog . </s>", 23 characters, "the dogs see cats . </s>", 20)
    assert windows.characters_per_token == 43 / 13


def test_a_text_is_also_a_path_a_name_or_ids(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("".join(TEXT.chunks()), encoding="utf-8")
    same = read(Windows(TEXT, TOKENS, 2, 8))
    for given_text in (path, str(path), IDS, IDS.tolist()):
        assert_equal(read(Windows(given_text, TOKENS, 2, 8)), same)
    assert len(Windows("village:test:small", TOKENS)) > 1


def test_a_short_text_has_short_windows():
    windows = Windows(IDS[:10], TOKENS, batch_size=4, time=64)
    assert (windows.time, windows[0][0].shape, len(windows)) == (3, (4, 3), 1)


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("no such file", UsageError, "no file or folder"),
        ("the cat\nsees\n", UsageError, "13 characters of text"),
        ([0.5, 1.0], UsageError, "whole numbers"),
        ([[1, 2]], UsageError, "in one row"),
        ([1, 999], UsageError, "received 999"),
        ([1, -1], UsageError, "received -1"),
        ([1], CorpusError, "at least 2 tokens"),
        ([], UsageError, "whole numbers"),
    ],
)
def test_what_is_no_text_is_refused(text, error, said):
    with pytest.raises(error, match=said):
        Windows(text, TOKENS)


def test_tokens_are_an_encoder():
    with pytest.raises(UsageError, match="TextEncoder"):
        Windows(TEXT, "char")


def test_sizes_are_checked():
    with pytest.raises(UsageError, match="time must be 1 or more; received 0"):
        Windows(TEXT, TOKENS, time=0)
    with pytest.raises(UsageError, match="batch size must be 1 or more; received 0"):
        Windows(TEXT, TOKENS, batch_size=0)


def test_ids_of_one_look_like_their_text_without_its_characters():
    with pytest.raises(UsageError, match="give the text"):
        _ = Windows(IDS, TOKENS).characters_per_token


def test_varied_windows_say_how_long_they_are_and_cover_the_text_once():
    windows = Windows(TEXT, TOKENS, batch_size=2, time=9, vary_time=True)
    found = []
    for inputs, targets, weights in windows:
        length = inputs["length"]
        assert length.dtype == np.int32
        assert len(set(length)) == 1
        assert inputs["ids"].shape == targets.shape == windows[0][1].shape
        assert (weights[:, length[0] :] == 0).all()
        found.append(targets[0][weights[0] > 0])
    assert np.concatenate(found).tolist() == IDS[:65].tolist()


def test_an_epoch_of_varied_windows_has_an_order_of_its_own():
    def first_epochs(seed):
        windows = Windows(TEXT, TOKENS, 1, 9, vary_time=True, seed=seed)
        return [[b[0]["length"][0] for b in windows], advance(windows)]

    def advance(windows):
        windows.on_epoch_end()
        return [b[0]["length"][0] for b in windows]

    one, two = first_epochs(0)
    assert one != two
    assert sorted(one) == sorted(two)
    assert first_epochs(0) == [one, two]
    assert first_epochs(1) != [one, two]


def test_a_look_at_the_first_batch_is_no_epoch():
    windows = Windows(TEXT, TOKENS, 2, 8)
    windows.on_epoch_begin()
    windows[0]
    windows.on_epoch_end()
    assert windows.epoch == 0
    for epoch in range(3):
        windows.on_epoch_begin()
        assert windows.epoch == epoch
        list(windows)
        windows.on_epoch_end()


@settings(max_examples=8)
@given(
    st.integers(2, 120), st.integers(1, 9), st.integers(1, 30), st.booleans(), st.data()
)
def test_tensorflow_cuts_the_same_windows(tokens, rows, time, vary_time, data):
    at_once = data.draw(st.integers(1, 200))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(graph, "TOKENS_AT_ONCE", at_once)
        made = [
            Windows(IDS[:tokens], TOKENS, rows, time, vary_time=vary_time)
            for _ in range(2)
        ]
        dataset = made[1].tf_dataset()
        for _ in range(2):  # epochs
            assert_equal(read(made[0]), read(dataset))
            made[0].on_epoch_end()
    assert not vary_time or made[1].epoch == 2


def test_tensorflow_cuts_what_lies_in_a_file(tmp_path):
    with tempfile.TemporaryFile(dir=tmp_path) as file:
        file.write(IDS.tobytes())
        file.flush()
        mapped = np.memmap(file, IDS.dtype, mode="r")
    windows = Windows(mapped, TOKENS, 3, 7)
    assert_equal(read(windows), read(windows.tf_dataset()))
    assert_equal(read(windows), read(Windows(IDS, TOKENS, 3, 7)))


def test_the_dataset_knows_its_shapes_its_length_and_its_windows():
    windows = Windows(TEXT, TOKENS, batch_size=2, time=8)
    dataset = windows.tf_dataset()
    assert dataset.windows is windows
    assert len(dataset) == len(windows)
    shapes = [spec.shape.as_list() for spec in keras.tree.flatten(dataset.element_spec)]
    assert shapes == [[2, 8]] * 3
    varied = Windows(TEXT, TOKENS, batch_size=2, time=8, vary_time=True)
    inputs, *_ = varied.tf_dataset().element_spec
    assert inputs["length"].shape.as_list() == [2]


@pytest.mark.parametrize("vary_time", [False, True])
def test_nothing_of_a_dataset_is_tuned(vary_time):
    # TensorFlow's tuning thread holds up the end of an epoch, for seconds
    windows = Windows(TEXT, TOKENS, batch_size=2, time=8, vary_time=vary_time)
    assert windows.tf_dataset().options().autotune.enabled is False


def test_the_batches_of_other_data_come_from_a_dataset_as_they_are():
    batches = MaskedBatches([np.arange(2, 2 + n) for n in (4, 6, 6, 9)], 0.5, 2, seed=1)
    dataset = dataset_of(batches)
    assert (len(dataset), dataset.options().autotune.enabled) == (len(batches), False)
    for batches.epoch in range(2):
        assert_equal(read(batches), read(dataset))


def network(size):
    keras.utils.set_random_seed(1)
    return keras.Sequential(
        [
            keras.layers.Embedding(size, 4),
            keras.layers.GRU(5, return_sequences=True),
            keras.layers.Dense(size),
        ]
    )


@pytest.mark.backends
def test_a_stock_model_trains_on_both_alike():
    size, losses = len(TOKENS.vocabulary), []
    for is_dataset in (False, True):
        windows = Windows(TEXT, TOKENS, batch_size=2, time=8)
        model = network(size)
        model.compile("adam", keras.losses.SparseCategoricalCrossentropy(True))
        data = windows.tf_dataset() if is_dataset else windows
        history = model.fit(data, epochs=2, shuffle=False, verbose=0)
        losses.append(history.history["loss"])
    np.testing.assert_allclose(*losses, rtol=1e-6)


@pytest.mark.backends
def test_each_epoch_that_keras_trains_has_its_own_windows():
    windows = Windows(TEXT, TOKENS, 1, 9, vary_time=True)
    numbers = []

    class Note(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            numbers.append(windows.epoch)

    ids = keras.Input((None,), dtype="int32", name="ids")
    length = keras.Input((), dtype="int32", name="length")
    model = keras.Model({"ids": ids, "length": length}, network(30)(ids))
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(True))
    model.fit(windows, epochs=3, shuffle=False, verbose=0, callbacks=[Note()])
    assert numbers == [0, 1, 2]


def test_the_words_of_a_path_are_not_its_text(tmp_path):
    path = pathlib.Path(tmp_path, "two.txt")
    path.write_text("ab\n", encoding="utf-8")
    assert Windows(str(path), TOKENS).tokens == 3
