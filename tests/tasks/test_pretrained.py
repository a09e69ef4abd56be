"""Taggers, classifiers and translators that start from vectors of words."""

import dataclasses

import numpy as np
import pytest

from keraslm import tasks
from keraslm.errors import UsageError, VectorFileError

TABLE = "text,label\n" + "a b,X\nc b a,Y\nb c,Y\na a c b,X\n" * 6
VECTORS = "a 1 2 3\nB 4 5 6\nb 7 8 9\nnew 1 0 1\n"


@pytest.fixture
def corpus(tmp_path):
    (tmp_path / "words.vec").write_text(VECTORS)
    path = tmp_path / "corpus.csv"
    path.write_text(TABLE)
    return path


def options(corpus, **more):
    """A small bag of words that starts from the vectors beside its corpus."""
    given = {
        "corpus": str(corpus),
        "model": "bag-of-words",
        "out": str(corpus.with_name("run")),
        "embeddings": str(corpus.with_name("words.vec")),
        "units": 4,
        "steps": 3,
        "split": "80/10/10",
    }
    return tasks.ClassifierOptions(**given | more)


@pytest.mark.xla  # as a classifier is fitted
def test_frozen_vectors_stay_and_words_of_the_file_are_known(corpus):
    run = tasks.train_classifier(options(corpus, freeze=True))
    model = tasks.load(run.folder.path)
    assert model.vocabulary.words == ("<pad>", "<unk>", "a", "b", "c", "B", "new")
    np.testing.assert_array_equal(
        model.reader.embedding[[2, 3, 5, 6]],
        [[1, 2, 3], [7, 8, 9], [4, 5, 6], [1, 0, 1]],
    )
    assert model.vocabulary.is_known("new")
    trained = tasks.train_classifier(options(corpus), overwrite=True).model
    moved = trained.reader.embedding
    assert 0 < np.abs(moved[2] - [1, 2, 3]).max() < 0.1  # 3 steps of rate 0.004
    np.testing.assert_array_equal(moved[6], [1, 0, 1])  # nowhere in the text


def test_vectors_that_cannot_be_used_are_refused(corpus):
    vectors = corpus.with_name("words.vec")
    with pytest.raises(UsageError, match="have 3 numbers; received `embedding` 5"):
        tasks.train_classifier(options(corpus, embedding=5))
    with pytest.raises(UsageError, match="`freeze` is of vectors"):
        options(corpus, embeddings=None, freeze=True)
    vectors.write_text("x 1 2\ny 3 4\n")
    with pytest.raises(UsageError, match="none of the 3 words"):
        tasks.train_classifier(options(corpus))
    vectors.write_text("a 1 2\nb 3 4 5\n")
    with pytest.raises(VectorFileError, match="line 2"):
        tasks.train_classifier(options(corpus))
    assert not corpus.with_name("run").exists()


@pytest.fixture
def pairs(corpus):
    path = corpus.with_name("pairs.tsv")
    path.write_text("a b\tx y\nc b a\ty x z\nb c\ty z\na a c b\tx x z y\n" * 6)
    return path


def translator_options(pairs, **more):
    given = {"model": "lstm", "layers": 1, "level": None}
    return tasks.TranslatorOptions(
        **{**dataclasses.asdict(options(pairs)), **given, **more}
    )


def test_a_translator_reads_its_sources_by_vectors(pairs):
    run = tasks.train_translator(translator_options(pairs, freeze=True))
    model = tasks.load(run.folder.path)
    assert model.vocabulary.source.tokens == ("<pad>", "<unk>", *"abcB", "new")
    np.testing.assert_array_equal(
        model.reader.source[[2, 3, 5, 6]], [[1, 2, 3], [7, 8, 9], [4, 5, 6], [1, 0, 1]]
    )
    assert model.translate("new b").unknown == ()
    o = translator_options(pairs)
    moved = tasks.train_translator(o, overwrite=True).model.reader.source
    assert 0 < np.abs(moved[2] - [1, 2, 3]).max() < 0.1  # 3 steps of rate 0.004


def test_vectors_that_no_source_can_have_are_refused(pairs):
    o = translator_options(pairs, level="char")
    with pytest.raises(UsageError, match="the sources are read as characters"):
        tasks.train_translator(o)
    o = translator_options(pairs, model="transformer", units=8)
    with pytest.raises(UsageError, match="received 3 numbers and 8 units"):
        tasks.train_translator(o)
