"""Taggers: the network on NumPy is Keras's, and padding changes no figure."""

import dataclasses
import zipfile

import keras
import numpy as np
import pytest
from keras import ops

import keraslm
from keraslm import tasks
from keraslm.errors import CorpusError, ModelFileError, UsageError
from keraslm.kernels.attention import weights_of
from keraslm.layers.self_attention import SelfAttention
from keraslm.tasks.batches import SentenceBatches
from keraslm.tasks.exact_accuracy import ExactAccuracy, loss
from keraslm.tasks.networks import new_network
from keraslm.tasks.shape import ATTENTION, KINDS, TAGGERS
from keraslm.text.text import Text
from keraslm_datasets import crossroads

WORDS, TAGS = ["a", "b", "c"], ["X", "Y"]
TEXT = "a\tX\nb\tY\n\nc\tX\n\na\tY\nz\tX\nb\tY\na\tX\n\n"


def tagged(text, name="t"):
    return tasks.read_columns(Text.from_string(text, name))


@pytest.fixture(
    params=[
        *((model, 1) for model in TAGGERS),
        ("bilstm", 2),
        ("lstm", 2),
        ("transformer", 2),
    ]
)
def saved(request, tmp_path):
    """A network with random weights, also of its biases, and its file."""
    model, layers = request.param
    heads = 2 if KINDS[model].cell == ATTENTION else None
    shape = tasks.Shape(model, 3, 4, layers, heads)
    vocabulary = tasks.TagVocabulary(WORDS, TAGS)
    network = new_network(shape, len(vocabulary.words), len(TAGS))
    rng = np.random.default_rng(layers)
    network.set_weights([rng.normal(0, 1, w.shape) for w in network.weights])
    path = tmp_path / "t.keras"
    tasks.save(network, shape, vocabulary, {}, path)
    return network, path


def test_numpy_and_keras_read_alike_whatever_the_padding(saved):
    network, path = saved
    tagger = keraslm.load(path)
    for words in (["a"], ["b", "z", "c", "a", "a"]):
        ids = tagger.vocabulary.ids(words)
        padded = np.pad(ids, (0, 3))[None]
        shown = network.predict(padded, verbose=0)[0, : len(words)]
        np.testing.assert_allclose(tagger.probabilities(words), shown, atol=1e-5)
    again = keras.models.load_model(path)
    assert type(again) is keras.Model or type(again).__name__ == "Functional"
    np.testing.assert_allclose(
        again.predict(padded, verbose=0), network.predict(padded, verbose=0), atol=1e-6
    )


def test_the_batch_size_changes_no_figure(saved):
    network, path = saved
    network.compile(loss=loss(), metrics=[ExactAccuracy()])
    text, tagger = tagged(TEXT), tasks.load(path)
    share = tagger.evaluate(text).accuracy.share
    for size in (1, 2, 3):
        batches = SentenceBatches(text.sentences, tagger.vocabulary, size)
        _, accuracy = network.evaluate(batches, verbose=0)
        assert accuracy == pytest.approx(share)
    everything = SentenceBatches(text.sentences, tagger.vocabulary, 9)[0]
    nats = np.concatenate([nats_of(tagger, sentence) for sentence in text.sentences])
    found, _ = network.evaluate(*everything, verbose=0)
    assert found == pytest.approx(nats.mean(), rel=1e-5)


def nats_of(tagger, sentence):
    shares = tagger.probabilities(sentence.words)
    right = tagger.vocabulary.tag_ids(sentence.tags)
    return -np.log(np.take_along_axis(shares, right[:, None], axis=1)[:, 0])


def test_only_both_directions_see_what_follows(saved):
    _, path = saved
    tagger = tasks.load(path)
    one, two = (tagger.probabilities(["a", "b", last])[:2] for last in "ac")
    assert np.array_equal(one, two) == (tagger.name == "lstm")


@pytest.mark.backends
def test_padding_has_no_weight_in_attention_and_what_stands_in_it_is_never_seen():
    attention = SelfAttention(heads=2)
    x = np.random.default_rng(0).normal(size=(1, 5, 8)).astype("float32")
    mask = np.array([[True, True, True, False, False]])
    shown = ops.convert_to_numpy(attention(x, mask=ops.convert_to_tensor(mask)))
    other = x.copy()
    other[:, 3:] = 1e3
    again = ops.convert_to_numpy(attention(other, mask=ops.convert_to_tensor(mask)))
    np.testing.assert_array_equal(shown[:, :3], again[:, :3])
    short = ops.convert_to_numpy(attention(x[:, :3]))
    np.testing.assert_allclose(shown[:, :3], short, atol=1e-6)
    scores = np.random.default_rng(1).normal(size=(1, 2, 3, 5)).astype("float32")
    weights = ops.convert_to_numpy(weights_of(scores, mask[:, None, None]))
    np.testing.assert_array_equal(weights[..., 3:], 0)
    np.testing.assert_allclose(weights.sum(axis=-1), 1, rtol=1e-6)


def test_an_epoch_has_every_word_once_and_rare_ones_are_read_as_unknown_at_times():
    text = tagged("a\tX\n\n" * 300 + "b\tY\n\n" * 1)
    vocabulary = tasks.TagVocabulary.of(text)
    batches = SentenceBatches(text.sentences, vocabulary, 50, seed=1)
    unknown = {"X": 0, "Y": 0}
    for _ in range(200):
        epoch = [batches[k] for k in range(len(batches))]
        tags = np.concatenate([tags[:, 0] for _, tags in epoch])
        words = np.concatenate([words[:, 0] for words, _ in epoch])
        assert np.bincount(tags).tolist() == [300, 1]
        for k, tag in enumerate(vocabulary.tags):
            unknown[tag] += int(np.sum(words[tags == k] == vocabulary.unknown_id))
        batches.on_epoch_end()
    # a / (a + n): 0.25 / 1.25 of 200, and 0.25 / 300.25 of 60,000
    assert unknown["Y"] == pytest.approx(40, abs=20)
    assert unknown["X"] == pytest.approx(50, abs=25)


def test_the_most_frequent_tag_by_hand():
    text = tagged("a\tX\na\tX\na\tY\nb\tY\n\nc\tX\nd\tY\ne\tY\n")
    counted = tasks.MostFrequentTagger.count(text, tasks.TagVocabulary.of(text, 2))
    # b, c, d and e occur once, so they are unknown: X once, Y three times
    rare = [1 / 4, 3 / 4]
    shares = counted.probabilities(["a", "e", "new"])
    np.testing.assert_allclose(shares, [[2 / 3, 1 / 3], rare, rare])
    every = tasks.MostFrequentTagger.count(text, tasks.TagVocabulary.of(text))
    np.testing.assert_allclose(every.probabilities(["new"]), [[3 / 7, 4 / 7]])


def test_the_card_by_hand():
    train = tagged("a\tX\nb\tY\n\nc\tX\nc\tX\n")
    tagger = tasks.MostFrequentTagger.count(train, tasks.TagVocabulary.of(train))
    card = tagger.evaluate(tagged(TEXT))
    # a b / c / a z b a are taken for X Y / X / X X Y X; of them "a Y" is wrong
    assert (card.accuracy.right, card.accuracy.n) == (6, 7)
    assert (card.unknown.right, card.unknown.n) == (1, 1)
    assert card.confusion.tolist() == [[4, 0], [1, 2]]
    assert card.errors() == [("Y", "X", 1)]
    told = card.to_dict()
    assert told["by_tag"]["Y"]["accuracy"] == pytest.approx(2 / 3)
    assert told["accuracy"] == pytest.approx(6 / 7)
    assert tagger.evaluate(train).to_dict()["unknown"]["accuracy"] is None


@pytest.mark.xla  # as a tagger is fitted
def test_a_network_is_saved_without_what_training_needs(tmp_path):
    vocabulary = tasks.TagVocabulary(WORDS, TAGS)
    shape = tasks.Shape("lstm", 3, 4)
    network = new_network(shape, len(vocabulary.words), len(TAGS), dropout=0.5, seed=1)
    network.compile("adam", loss(), metrics=[ExactAccuracy()])
    batches = SentenceBatches(tagged(TEXT).sentences, vocabulary, seed=1)
    network.fit(batches, epochs=1, verbose=0)
    path = tmp_path / "t.keras"
    tasks.save(network, shape, vocabulary, {}, path)
    ids = vocabulary.ids("abc")[None]
    shown = network.predict(ids, verbose=0)
    np.testing.assert_allclose(tasks.load(path).read(ids), shown, atol=1e-6)
    again = keras.models.load_model(path)
    np.testing.assert_array_equal(again.predict(ids, verbose=0), shown)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A small bidirectional network that learnt the crossroads a little."""
    options = tasks.TaggerOptions(
        model="bigru", embedding=24, units=24, epochs=8, learning_rate=0.01
    )
    out = str(tmp_path_factory.mktemp("runs") / "run")
    options = dataclasses.replace(options, out=out)
    return tasks.train_tagger(options, "crossroads:8000")


@pytest.mark.xla
@pytest.mark.long
def test_both_sides_tell_more_than_the_left_can(run):
    assert run.card.accuracy.share > crossroads.bounds().left + 0.03
    assert run.card.references["most frequent tag of each word"] < 0.88
    again = tasks.load(run.folder.path).evaluate(_test_text())
    assert again.accuracy == run.card.accuracy
    assert again.part == "test"
    told = run.model.tag("the patient baker sings .".split())
    assert [word.tag for word in told][:2] == ["DT", "JJ"]
    assert [word.known for word in told] == [True, True, True, False, True]


def _test_text():
    return Text.from_string(crossroads.text("test", 800), "crossroads.test")


@pytest.mark.long
def test_the_same_seed_gives_the_same_network(tmp_path):
    found = []
    for out in ("a", "b"):
        options = tasks.TaggerOptions(
            model="lstm", embedding=4, units=4, steps=3, out=str(tmp_path / out)
        )
        found.append(tasks.train_tagger(options, "crossroads:3000").model)
    words = "she knows that rebel .".split()
    first, second = (tagger.probabilities(words) for tagger in found)
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize(
    ("train", "test", "said"),
    [
        ("a\tX\n", "a\tX\n", "one tag or label, 'X'"),
        ("a\tX\nb\tY\n", "a\tX\n\nb\tZ\n", r"test.*line 3: the tag 'Z' of 'b' .* X, Y"),
    ],
)
def test_tags_that_cannot_be_learnt_are_refused(tmp_path, train, test, said):
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "train.txt").write_text(train)
    (corpus / "test.txt").write_text(test)
    options = tasks.TaggerOptions(model="most-frequent", out=str(tmp_path / "run"))
    with pytest.raises((CorpusError, UsageError), match=said):
        tasks.train_tagger(options, corpus)
    assert not (tmp_path / "run").exists()


def test_a_damaged_file_is_refused(saved, tmp_path):
    _, path = saved
    other = tmp_path / "other.keras"
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(other, "w") as cut:
        for name in whole.namelist():
            data = whole.read(name)
            if name.endswith("keraslm.json"):
                data = data.replace(b'"units": 4', b'"units": 5')
            cut.writestr(name, data)
    with pytest.raises(ModelFileError, match="is damaged"):
        tasks.load(other)


def test_a_tagger_is_no_language_model(saved):
    from keraslm.loading import load

    with pytest.raises(UsageError, match="is a tagger and no language model"):
        load(saved[1])
