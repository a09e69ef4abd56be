"""A translator: beams find the best target, and its card is what Keras measures."""

import itertools
import subprocess
import sys
import zipfile

import numpy as np
import pytest

import keraslm
from keraslm import tasks
from keraslm.errors import CorpusError, ModelFileError, UsageError
from keraslm.tasks.exact_accuracy import ExactAccuracy, loss
from keraslm.tasks.translation.batches import PairBatches
from keraslm.tasks.translation.files import save_translator
from keraslm.tasks.translation.networks import new_network
from keraslm.tasks.translation.reading import read_targets
from keraslm.tasks.translation.vocabulary import PairVocabulary
from keraslm.text.text import Text
from tests.tasks.translation.conftest import KINDS

TEXT = "ab\tuv\nbac\tv\ncabba\tuvvu\nb\tvu\n"


def paired(text, name="t"):
    return tasks.read_paired(Text.from_string(text, name))


@pytest.fixture(scope="module", params=KINDS[:3], ids=lambda kind: kind["attention"])
def saved(request, tmp_path_factory):
    """A network with random weights, also of its biases, and its file."""
    shape = tasks.TranslatorShape(**{"embedding": 3, "units": 4, **request.param})
    vocabulary = PairVocabulary.learn(paired(TEXT), "char", "char")
    network = new_network(shape, *vocabulary.sizes)
    rng = np.random.default_rng(1)
    network.set_weights([rng.normal(0, 1, w.shape) for w in network.weights])
    path = tmp_path_factory.mktemp("t") / "t.keras"
    save_translator(network, shape, vocabulary, {"longest": 2}, path)
    return network, path


def log_p_of(translator, source, target):
    """Give log P of a target and its end, from what is read of it."""
    source, target = (
        side.ids(side.split(text))
        for side, text in zip(translator.vocabulary, (source, target), strict=True)
    )
    read, _ = read_targets(
        translator.reader, source[None], np.array([[0, *target]], np.int32)
    )
    return sum(read[0, k, token] for k, token in enumerate([*target, 0]))


def test_enough_beams_find_the_most_probable_target(saved):
    """Of all of up to three tokens and an end; `longest` is 2, so 4 are written."""
    translator = keraslm.load(saved[1])
    every = ["".join(t) for n in range(4) for t in itertools.product("uv", repeat=n)]
    for penalty in (0.0, 1.0, 2.0):
        ranked = {
            text: log_p_of(translator, "cab", text)
            / ((5 + len(text) + 1) / 6) ** penalty
            for text in every
        }
        found = translator.translate("cab", beams=16, length_penalty=penalty)
        assert found.is_finished
        assert found.text == max(ranked, key=ranked.get)
        assert found.log_probability == pytest.approx(
            log_p_of(translator, "cab", found.text), abs=1e-4
        )


def test_one_beam_is_greedy_and_several_are_in_order(saved):
    translator = tasks.load_translator(saved[1])
    sources = ["ab", "bac", "cabba"]
    greedy = translator.greedy([list(source) for source in sources])
    for source, target in zip(sources, greedy, strict=True):
        assert translator.translate(source, beams=1).target == target
        found = [t for t in translator.translations(source) if t.is_finished]
        logs = [t.log_probability / ((6 + len(t.target)) / 6) for t in found]
        assert logs == sorted(logs, reverse=True)


def test_the_attention_of_each_token_is_a_distribution_over_the_source(saved):
    translator = tasks.load(saved[1])
    found = translator.translate("cabba", beams=1)
    if translator.shape.attention == "none":
        assert found.attention is None
        return
    assert found.attention.shape == (len(found.target) + found.is_finished, 5)
    np.testing.assert_allclose(found.attention.sum(axis=-1), 1, atol=1e-5)


def test_the_batch_size_changes_no_figure_of_the_fit(saved):
    """Loss and accuracy are those of NumPy, by hand, whatever stands in a batch."""
    network, path = saved
    network.compile(loss=loss(), metrics=[ExactAccuracy()])
    translator, text = tasks.load(path), paired(TEXT)
    nats = -sum(log_p_of(translator, p.source, p.target) for p in text.pairs)
    tokens = sum(len(pair.target) + 1 for pair in text.pairs)  # 3 + 2 + 5 + 3
    assert tokens == 13
    for size in (1, 3, 9):
        batches = PairBatches(text.pairs, translator.vocabulary, size)
        told = [network.evaluate(*batches[k], verbose=0) for k in range(len(batches))]
        weights = [(batches[k][1] >= 0).sum() for k in range(len(batches))]
        assert sum(weights) == tokens
        mean = np.average([nats for nats, _ in told], weights=weights)
        assert mean == pytest.approx(nats / tokens, rel=1e-4)


def test_the_card_is_of_what_is_written(saved):
    translator = tasks.load(saved[1])
    sources = ["ab", "bac", "cabba", "b"]
    right = [translator.translate(source, beams=1).text for source in sources[:3]]
    right = [text or "u" for text in right]
    text = "".join(
        f"{s}\t{t}\n" for s, t in zip(sources, [*right, "uvuvuvuvu"], strict=True)
    )
    card = translator.evaluate(paired(text), "again", lambda pairs: list("ABAB"))
    exact = sum(
        translator.translate(s, beams=1).text == t
        for s, t in zip(sources, [*right, "uvuvuvuvu"], strict=True)
    )
    assert (card.exact.n, card.exact.right) == (4, exact)
    assert list(card.by_group) == ["A", "B"]
    assert (card.unit, card.command) == ("characters", "again")


def test_it_answers_without_keras(saved):
    code = (
        "import sys, keraslm; t = keraslm.load(sys.argv[1]); t.translate('ab'); "
        "sys.exit('keras' in sys.modules or 'tensorflow' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code, str(saved[1])], check=False)
    assert ran.returncode == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (" ", "needs at least one token"),
        ("abz", "the character 'z' of 'abz'"),
        ("a" * 1001, "1,001 characters; 1,000 are read at most"),
    ],
)
def test_what_cannot_be_translated_is_refused(saved, text, said):
    with pytest.raises(UsageError, match=said):
        tasks.load(saved[1]).translate(text)


def test_a_pair_that_is_too_long_is_refused(saved):
    text = paired(f"ab\tuv\nab\t{'u' * 1001}\n")
    with pytest.raises(CorpusError, match="pair 2: the target has 1,001 characters"):
        tasks.load(saved[1]).evaluate(text)


def test_words_are_split_and_joined_and_unknown_ones_named():
    text = paired("the dog\tle chien\nthe </s> cat\tle <unk> chat\n")
    vocabulary = PairVocabulary.learn(text, "word", "word")
    assert vocabulary.source.tokens[:2] == ("<pad>", "<unk>")
    assert vocabulary.target.tokens == ("</s>", "<unk>", "chat", "chien", "le")
    assert vocabulary.target.ids("le <unk> </s> chat".split()).tolist() == [4, 1, 1, 2]
    assert vocabulary.check_source("the  bird") == ["the", "bird"]
    assert not vocabulary.source.is_known("bird")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"network": {"model": "lstm"}}, "its network has no sizes"),
        ({"encoder": {"source": {"level": "char", "tokens": ["a", "a"]}}}, "source"),
        ({"metadata": {"longest": "x"}}, "its longest target"),
    ],
)
def test_a_damaged_file_is_refused(saved, tmp_path, change, said):
    from keraslm.files import archive

    described = archive.read_description(saved[1]) | change
    path = tmp_path / "d.keras"
    with zipfile.ZipFile(saved[1]) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            if name != f"assets/{archive.ASSET}":
                new.writestr(name, old.read(name))
    archive.add_description(path, described)
    with pytest.raises(ModelFileError, match=said):
        tasks.load(path)


def test_a_translator_is_no_language_model_and_no_tagger(saved):
    from keraslm.loading import load

    with pytest.raises(UsageError, match="is a translator and no language model"):
        load(saved[1])
    with pytest.raises(UsageError, match="no tagger; use keraslm translate"):
        tasks.load_tagger(saved[1])
