"""Classifiers: NumPy reads as Keras does, the order counts, and the card by hand."""

import numpy as np
import pytest

import keraslm
from keraslm import tasks
from keraslm.errors import CorpusError, UsageError
from keraslm.tasks.batches import LabelBatches
from keraslm.tasks.calibration import Reliability
from keraslm.tasks.classifier import at_temperature, best_temperature
from keraslm.tasks.exact_accuracy import ExactAccuracy, loss
from keraslm.tasks.label_card import LabelCard
from keraslm.tasks.networks import new_network
from keraslm.tasks.shape import ATTENTION, BAG, CLASSIFIERS, KINDS
from keraslm.text.text import Text
from keraslm_datasets import reviews

WORDS, LABELS = ["a", "b", "c"], ["X", "Y"]
TABLE = "text,label\na b,X\nc,Y\na z b a,Y\nb a,X\n"


def table(text):
    return tasks.read_table(Text.from_string(text, "t"))


@pytest.fixture(
    params=[
        *((model, 1) for model in CLASSIFIERS),
        ("bidirectional", 2),
        ("self-attention", 2),
    ]
)
def saved(request, tmp_path):
    """A network with random weights, also of its biases, and its file."""
    model, layers = request.param
    heads = 2 if KINDS[model].cell == ATTENTION else None
    shape = tasks.Shape(model, 3, 4, layers, heads)
    vocabulary = tasks.TagVocabulary(WORDS, LABELS)
    network = new_network(shape, len(vocabulary.words), len(LABELS))
    rng = np.random.default_rng(layers)
    network.set_weights([rng.normal(0, 1, w.shape) for w in network.weights])
    path = tmp_path / "c.keras"
    tasks.save(network, shape, vocabulary, {}, path)
    return network, path


def test_numpy_and_keras_read_alike_whatever_the_padding(saved):
    network, path = saved
    classifier = keraslm.load(path)
    for words in (["a"], ["b", "z", "c", "a", "a"]):
        padded = np.pad(classifier.vocabulary.ids(words), (0, 3))[None]
        shown = dict(zip(LABELS, network.predict(padded, verbose=0)[0], strict=True))
        assert classifier.probabilities(words) == pytest.approx(shown, abs=1e-5)


def test_the_batch_size_changes_no_figure(saved):
    network, path = saved
    network.compile(loss=loss(), metrics=[ExactAccuracy()])
    text, classifier = table(TABLE), tasks.load(path)
    card = classifier.evaluate(text)
    for size in (1, 3, 4):
        batches = LabelBatches(text.texts, classifier.vocabulary, size)
        nats, accuracy = network.evaluate(batches, verbose=0)
        assert accuracy == pytest.approx(card.accuracy.share)
        assert nats == pytest.approx(card.nats, rel=1e-4)


def test_only_a_bag_of_words_does_not_see_the_order(saved):
    _, path = saved
    classifier = tasks.load(path)
    one, two = (classifier.probabilities(words) for words in (list("abc"), list("bca")))
    assert (one == pytest.approx(two, abs=1e-6)) == (classifier.name == BAG)


def test_the_card_by_hand():
    text, vocabulary = table(TABLE), tasks.TagVocabulary(WORDS, LABELS)
    shares = np.array([[0.8, 0.2], [0.5, 0.5], [0.4, 0.6], [0.1, 0.9]])
    card = LabelCard.of("m", vocabulary, text, list(shares), 1.0)
    # X, Y, Y, X are taken for X, X, Y, Y; of X, one of two, and two got it: F1 is 1/2
    assert card.confusion.tolist() == [[1, 1], [1, 1]]
    assert card.accuracy.share == 0.5
    assert card.macro_f1 == pytest.approx(0.5)
    assert card.nats == pytest.approx(-np.log([0.8, 0.5, 0.6, 0.1]).mean())


def test_a_card_of_sure_and_right_probabilities_costs_zero_without_a_sign():
    text, vocabulary = table(TABLE), tasks.TagVocabulary(WORDS, LABELS)
    shares = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [1.0000001, 0.0]])
    card = LabelCard.of("m", vocabulary, text, list(shares), 1.0)
    assert f"{card.nats:.4f}" == "0.0000"


def test_the_calibration_error_by_hand():
    sure = np.array([0.65, 0.61, 0.95, 1.0])
    found = Reliability.of(sure, np.array([True, False, True, True]))
    # |1/2 - 0.63| of 2 in [0.6, 0.7), |1 - 0.975| of 2 in [0.9, 1]
    assert found.error == pytest.approx(2 / 4 * 0.13 + 2 / 4 * 0.025)
    assert [(b["n"], b["accuracy"]) for b in found.to_list()] == [(2, 0.5), (2, 1.0)]


def test_a_temperature_makes_probabilities_as_sure_as_they_are_right():
    # 90% sure and right in 3 of 4: 3/4 is best, ln(0.9 / 0.1) / T = ln 3, so T is 2
    shares = np.array([[0.9, 0.1]] * 4)
    found = best_temperature(shares, np.array([0, 0, 0, 1]))
    assert found == pytest.approx(2, rel=0.04)
    np.testing.assert_allclose(at_temperature(shares, 2.0)[0], [3 / 4, 1 / 4])


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A small network that sees the order of words, and a bag that does not."""
    out = tmp_path_factory.mktemp("runs")
    small = {"embedding": 16, "units": 24, "epochs": 6, "learning_rate": 0.01}
    return [
        tasks.train_classifier(
            tasks.ClassifierOptions(model=model, out=str(out / model), **small),
            "reviews:20000",
        )
        for model in ("max-pool", BAG)
    ]


@pytest.mark.xla
@pytest.mark.long
def test_no_bag_of_words_beats_its_bound_and_a_network_with_order_does(runs):
    ordered, bag = (run.card.accuracy for run in runs)
    bound = reviews.bounds().bag
    assert ordered.interval()[0] > bound
    assert bag.interval()[0] < bound
    assert bag.share > 0.65
    for text, label in (("film is good", "good"), ("film is not good", "bad")):
        told = runs[0].model.probabilities(f"the {text} .".split())
        assert next(iter(told)) == label
    again = tasks.load(runs[1].folder.path)
    assert again.temperature == runs[1].model.temperature


@pytest.mark.parametrize(
    ("train", "test", "said"),
    [
        ("a,X\nb,X\n", "a,X\n", "one tag or label, 'X'"),
        ("a,X\nb,Y\n", "a,X\nc,Z\n", "line 3: the label 'Z' .* X, Y"),
        ("a,0.1\nb,0.25\nc,3\n", "a,3\n", "3 labels for 3 texts.*'0.1' must be made"),
    ],
)
def test_labels_that_cannot_be_learnt_are_refused(tmp_path, train, test, said):
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "train.txt").write_text("text,label\n" + train)
    (corpus / "test.txt").write_text("text,label\n" + test)
    options = tasks.ClassifierOptions(out=str(tmp_path / "run"))
    with pytest.raises((CorpusError, UsageError), match=said):
        tasks.train_classifier(options, corpus)
    assert not (tmp_path / "run").exists()


def test_a_classifier_is_neither_a_tagger_nor_a_language_model(saved):
    from keraslm.loading import load

    with pytest.raises(UsageError, match="is a classifier and no language model"):
        load(saved[1])
    with pytest.raises(UsageError, match="is a classifier and no tagger"):
        tasks.load_tagger(saved[1])
