"""An embedding starts from a file of vectors, and opens again without it."""

import zipfile

import keras
import numpy as np
import pytest
from keras import ops

from keraslm.errors import UsageError, VectorFileError
from keraslm.initializers import WordVectors
from keraslm.text import Text, TextEncoder

pytestmark = pytest.mark.backends

TEXT = Text.from_string("the cat sees The dog .\n" * 3)
TOKENS = TextEncoder.fit(TEXT, level="word")
VOCABULARY = TOKENS.vocabulary
ROWS = {"the": [1, 2, 3], "dog": [-1, 0.5, 4], "house": [7, 7, 7]}


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "v.txt"
    lines = (" ".join([word, *map(str, row)]) for word, row in ROWS.items())
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return path


def matrix(vectors, **given):
    return ops.convert_to_numpy(vectors((len(VOCABULARY), 3), **given))


def test_words_have_their_vectors_and_others_are_drawn_about_them(source):
    vectors = WordVectors(source, TOKENS)
    assert vectors.width == 3
    found = matrix(vectors, dtype="float32")
    for word in ("the", "dog"):
        assert found[VOCABULARY[word]].tolist() == ROWS[word]
    assert found[VOCABULARY["The"]].tolist() == ROWS["the"]
    drawn = found[VOCABULARY["cat"]]
    # the, The and dog: mean and standard deviation of each entry
    known = np.array([ROWS["the"], ROWS["the"], ROWS["dog"]])
    assert (abs(drawn - known.mean(0)) < 5 * known.std(0)).all()
    assert (matrix(WordVectors(source, TOKENS)) == found).all()
    other = matrix(WordVectors(source, TOKENS, seed=1))
    assert (other[VOCABULARY["cat"]] != drawn).any()


def test_coverage_is_told(source):
    covered = WordVectors(source, TOKENS).coverage
    # the, cat, sees, The, dog and .: three times each
    assert (covered.words.types, covered.words.tokens) == (6, 18)
    assert (covered.found.types, covered.found.tokens) == (2, 6)
    assert (covered.lowered.types, covered.lowered.tokens) == (1, 3)


def test_a_member_of_a_zip(source, tmp_path):
    with zipfile.ZipFile(tmp_path / "v.zip", "w") as archive:
        archive.write(source, "inner.txt")
    packed = WordVectors(f"{tmp_path / 'v.zip'}:inner.txt", TOKENS)
    assert (matrix(packed) == matrix(WordVectors(source, TOKENS))).all()


def network(vectors):
    size = len(VOCABULARY)
    embedding = keras.layers.Embedding(size, 3, embeddings_initializer=vectors)
    return keras.Sequential([embedding, keras.layers.Dense(size)])


def test_a_saved_model_opens_without_the_file_of_vectors(source, tmp_path):
    model = network(WordVectors(source, TOKENS))
    ids = np.array([[1, 2, 3]])
    expected = model.predict(ids, verbose=0)
    (table, *_) = model.get_weights()
    assert table[VOCABULARY["dog"]].tolist() == ROWS["dog"]
    model.save(tmp_path / "model.keras")
    source.unlink()
    again = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(again.predict(ids, verbose=0), expected)
    vectors = again.layers[0].embeddings_initializer
    assert vectors.source == str(source)
    with pytest.raises(UsageError, match="make new ones"):
        _ = vectors.coverage
    clone = keras.models.clone_model(model)
    clone.set_weights(model.get_weights())
    np.testing.assert_array_equal(clone.predict(ids, verbose=0), expected)


@pytest.mark.parametrize("shape", [(len(VOCABULARY), 4), (3, 3), (3,)])
def test_an_embedding_of_another_shape_is_refused(source, shape):
    with pytest.raises(UsageError, match=r"a matrix \(8, 3\).* received .*"):
        WordVectors(source, TOKENS)(shape)


def test_what_is_no_file_of_these_words_is_refused(source, tmp_path):
    with pytest.raises(UsageError, match="no file of vectors"):
        matrix(WordVectors(tmp_path / "none.txt", TOKENS))
    strange = TextEncoder.fit(Text.from_string("der Hund\n"), level="word")
    with pytest.raises(UsageError, match="none of the 2 words"):
        _ = WordVectors(source, strange).coverage
    source.write_text("the 1 2 3\ncat 1 2\n", encoding="utf-8")
    with pytest.raises(VectorFileError, match="line 2"):
        matrix(WordVectors(source, TOKENS))
    assert matrix(WordVectors(source, TOKENS, skip_bad_lines=True)).shape == (8, 3)
