"""The training of a translator: what it leaves, what it learns, what it refuses."""

import csv
import dataclasses
import json

import keras
import numpy as np
import pytest

import keraslm
from keraslm import tasks
from keraslm.errors import CorpusError, UsageError
from keraslm.tasks.pairs import Pair
from keraslm.tasks.translation.batches import PairBatches
from keraslm.tasks.translation.vocabulary import PairVocabulary
from keraslm.text.text import Text
from tests.training.interrupted import At, Gone, die

SMALL = {"embedding": 8, "units": 8, "batch_size": 16, "split": "80/10/10"}


def reversed_pairs(number, longest=6, seed=0):
    """Words of letters, and the same read from their end."""
    rng = np.random.default_rng(seed)
    words = [
        "".join(rng.choice(list("abcde"), rng.integers(1, longest + 1)))
        for _ in range(number)
    ]
    return "".join(f"{word}\t{word[::-1]}\n" for word in words)


@pytest.fixture
def corpus(tmp_path):
    path = tmp_path / "pairs.tsv"
    path.write_text(reversed_pairs(100))
    return path


def test_batches_are_one_place_late_and_padding_is_not_learnt():
    pairs = [Pair("ab", "xyx"), Pair("b", "y"), Pair("a", "x")]
    text = tasks.read_paired(Text.from_string("ab\txyx\n"))
    vocabulary = PairVocabulary.learn(text, "char", "char")  # x is 2, y is 3
    (source, before), targets = PairBatches(pairs, vocabulary, 3)[0]
    assert source.tolist() == [[3, 0], [2, 0], [2, 3]]
    assert before.tolist() == [[0, 3, 0, 0], [0, 2, 0, 0], [0, 2, 3, 2]]
    assert targets.tolist() == [[3, 0, -1, -1], [2, 0, -1, -1], [2, 3, 2, 0]]


def test_two_batches_in_a_row_differ_in_both_lengths():
    """Else Keras would take the first one's length for that of all."""
    text = tasks.read_paired(Text.from_string("ab\txy\n" * 4))
    batches = PairBatches(text.pairs, PairVocabulary.learn(text, "char", "char"), 2)
    lengths = [
        (source.shape[1], before.shape[1])
        for (source, before), _ in (batches[0], batches[1])
    ]
    assert all(one != two for one, two in zip(*lengths, strict=True))


@pytest.mark.long
@pytest.mark.backends
def test_a_run_and_its_resumption(corpus, tmp_path):
    """What a training leaves; and one that died comes out the same, bit for bit."""
    options = tasks.TranslatorOptions(
        str(corpus), out=str(tmp_path / "whole"), steps=13, checkpoint_steps=3, **SMALL
    )
    run = tasks.train_translator(options)
    assert {file.name for file in run.folder.path.iterdir()} >= {
        "model.keras",
        "config.toml",
        "history.csv",
        "card.json",
        "accuracy.png",
    }
    card = json.loads(run.folder.card.read_text())
    assert (card["n"], card["part"], card["model"]) == (
        10,
        "test",
        "lstm, dot attention",
    )
    with run.folder.history.open(newline="") as file:
        assert [row["epoch"] for row in csv.DictReader(file)] == ["1", "2", "3"]
    again = dataclasses.replace(options, out=str(tmp_path / "died"))
    with pytest.raises(Gone):
        tasks.train_translator(again, reporter=At(8, die))
    resumed = tasks.train_translator(again, resume=True)
    for one, two in zip(*map(weights, (run, resumed)), strict=True):
        np.testing.assert_array_equal(one, two)


def weights(run):
    return keras.models.load_model(run.folder.model, compile=False).get_weights()


@pytest.mark.xla  # as a translator is fitted
def test_a_python_loop_is_plain_keras(corpus):
    """compile and fit, with the callbacks of Keras and of keraslm."""
    from keraslm.callbacks import StopAfter
    from keraslm.tasks.exact_accuracy import ExactAccuracy, loss
    from keraslm.tasks.translation.networks import new_network

    text = tasks.read_paired(Text.from_string(corpus.read_text()))
    vocabulary = PairVocabulary.learn(text, "char", "char")
    network = new_network(tasks.TranslatorShape(units=8), *vocabulary.sizes)
    network.compile("adam", loss(), metrics=[ExactAccuracy()])
    batches = PairBatches(text.pairs, vocabulary, 16, seed=0)
    history = network.fit(
        batches, epochs=2, verbose=0, callbacks=[StopAfter(steps=9)]
    ).history
    assert history["loss"][1] < history["loss"][0]


@pytest.mark.xla
@pytest.mark.long
@pytest.mark.parametrize(
    "kind",
    [
        {"model": "lstm"},
        {"model": "gru", "attention": "additive", "bidirectional": True},
        {"model": "transformer", "layers": 2, "learning_rate": 0.002},
    ],
    ids=lambda kind: kind["model"],
)
def test_attention_learns_to_reverse_words(tmp_path, kind):
    path = tmp_path / "pairs.tsv"
    path.write_text(reversed_pairs(4000))
    options = tasks.TranslatorOptions(
        str(path), out=str(tmp_path / "run"), units=64, epochs=8, **kind
    )
    run = tasks.train_translator(options)
    assert run.card.exact.share > 0.97
    translator = keraslm.load(run.folder.path)
    found = translator.translate("abcde")
    assert found.text == "edcba"
    if kind["model"] == "gru":  # where it looks, from the end to the beginning
        assert np.ptp(found.attention[:5].argmax(axis=-1)) >= 3


@pytest.mark.parametrize(
    ("text", "change", "said"),
    [
        ("ab\tcd\nab cd\n", {}, "line 2.*no tab"),
        ("ab\t\n", {}, "line 1.*an empty target"),
        ("ab\tcd\n" * 9 + f"{'a' * 1001}\tb\n", {}, "pair 10: the source has 1,001"),
        ("ab\tcd\n" * 20, {"model": "bilstm"}, "must be one of lstm, gru, rnn, transf"),
        ("ab\tcd\n" * 20, {"attention": "all"}, "`attention` must be one of none"),
    ],
)
def test_what_cannot_be_learnt_is_refused(tmp_path, text, change, said):
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "train.txt").write_text(text)
    with pytest.raises((CorpusError, UsageError), match=said):
        options = tasks.TranslatorOptions(out=str(tmp_path / "run"), **change)
        tasks.train_translator(options, corpus)
    assert not (tmp_path / "run").exists()


def test_tokens_are_words_where_targets_have_spaces():
    from keraslm.tasks.translation.train import usual_level

    for text, level in (("the dog\tle chien\n", "word"), ("a dog\tchien\n", "char")):
        assert usual_level(tasks.read_paired(Text.from_string(text))) == level
