"""Counting on the disk gives the numbers of counting in memory, bit for bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keraslm.counts.additive import Additive
from keraslm.counts.model import NgramModel
from keraslm.counts.ngrams import count_ngrams
from keraslm.counts.on_disk import ngrams as ngrams_on_disk
from keraslm.counts.on_disk.estimating import estimate_on_disk, fit_on_disk
from keraslm.counts.on_disk.held_out import pairwise
from keraslm.counts.on_disk.model import NgramModelOnDisk
from keraslm.counts.on_disk.ngrams import count_ngrams_on_disk
from keraslm.counts.smoothings import SMOOTHINGS, smoothing_named
from keraslm.counts.trie import Trie
from keraslm.errors import CorpusError, UsageError
from keraslm.files.spilled import Workspace
from keraslm.text.encoder import TextEncoder
from keraslm.text.text import Text
from keraslm.text.tokenizer import tokenizer_named

TINY = 2000  # bytes: 8 numbers a block, 25 keys sorted at once
TEXT = "the cat sat on the mat\nthe dog sat\n\na cat and a dog sat on a mat\n"


def zipf(length, size, seed=0):
    """Draw ids of which few are frequent; some are <unk> and some end a line."""
    rng = np.random.default_rng(seed)
    return np.minimum(rng.zipf(1.4, length) - 1, size - 1).astype(np.uint32)


def whole(array):
    return array if isinstance(array, np.ndarray) else array[:]


def same(expected, received):
    return np.array_equal(expected, whole(received), equal_nan=True)


def require_same_ngrams(ids, size, order, memory):
    small = count_ngrams(ids, size, order)
    spilled = count_ngrams_on_disk(ids, size, order, Workspace(memory))
    for k in range(order):
        assert same(small.trie.levels[k].keys, spilled.trie.levels[k].keys)
        assert same(small.counts[k], spilled.counts[k])
        assert same(small.suffixes[k], spilled.suffixes[k])
    assert same(small.first_seen, spilled.first_seen)
    assert small.sizes() == spilled.sizes()


@pytest.mark.parametrize("order", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("size", [3, 40])
def test_ngrams_are_those_counted_in_memory(order, size):
    require_same_ngrams(zipf(700, size), size, order, TINY)


def test_indices_of_more_than_32_bits_change_nothing(monkeypatch):
    monkeypatch.setattr(ngrams_on_disk, "LONG", 10)
    require_same_ngrams(zipf(300, 20), 20, 4, TINY)


def test_one_key_may_fill_many_times_the_memory():
    # <s> a a a a ...: the trigram "a a a" is nearly the whole text
    ids = np.full(3000, 2)
    ids[1500] = 3
    require_same_ngrams(ids, 4, 3, TINY)


def test_a_history_with_more_words_than_a_block_is_not_cut():
    ids = np.ravel([[2, word, 1] for word in range(3, 300)])
    require_same_ngrams(ids, 300, 3, TINY)


@settings(deadline=None, max_examples=20)
@given(
    st.lists(st.integers(0, 5), min_size=1, max_size=60),
    st.integers(1, 4),
    st.integers(500, 4000),
)
def test_any_text_is_counted_alike(ids, order, memory):
    require_same_ngrams(np.array(ids), 6, order, memory)


def test_nothing_to_count_is_refused_as_in_memory():
    with pytest.raises(CorpusError, match="at least one token"):
        count_ngrams_on_disk(np.array([], int), 3, 2, Workspace(TINY))
    with pytest.raises(UsageError, match="order"):
        count_ngrams_on_disk(np.array([2]), 3, 0, Workspace(TINY))


@pytest.mark.parametrize("name", SMOOTHINGS)
@pytest.mark.parametrize("prune", [(), (0, 0, 1)])
def test_every_smoothing_has_the_same_table(name, prune):
    if name == "additive" and prune:
        pytest.skip("additive smoothing is not pruned")
    ids, held_out = zipf(600, 40), zipf(90, 40, seed=1)
    small = count_ngrams(ids, 40, 3)
    spilled = count_ngrams_on_disk(ids, 40, 3, Workspace(4 * TINY))
    kind = smoothing_named(name)
    fitted = kind.fit(small, held_out)
    found = fit_on_disk(kind, spilled, held_out)
    assert found.settings() == fitted.settings()
    assert found.notes == fitted.notes
    expected = fitted.estimate(small, prune)
    table, training = estimate_on_disk(found, spilled, prune)
    require_same_table(expected, table)
    answers = [expected.log_probabilities(f) for f in expected.trie.look_up(ids)]
    received = [table.log_probabilities(f) for f in table.trie.look_up(ids)]
    assert same(np.concatenate(answers), np.concatenate(received))
    nats = -np.concatenate(answers).sum()  # every token of the text, one by one
    assert training.nats == pytest.approx(nats, rel=1e-12)


def require_same_table(expected, table):
    assert expected.sizes() == table.sizes()
    for level, on_disk in zip(expected.trie.levels, table.trie.levels, strict=True):
        assert same(level.keys, on_disk.keys)
        every = slice(0, len(level))
        assert same(level.words_of(every), on_disk.words_of(every))
        histories = range(level.histories + 1)
        assert same(level.starts_of(histories), on_disk.starts_of(histories))
    for name in ("log_p", "log_b", "counts", "totals"):
        columns = getattr(expected, name, None) or []
        assert len(columns) == len(getattr(table, name, None) or [])
        for column, on_disk in zip(
            columns, getattr(table, name, None) or [], strict=True
        ):
            assert same(column, on_disk)


def test_additive_smoothing_of_counts_on_the_disk_is_not_pruned():
    spilled = count_ngrams_on_disk(zipf(50, 5), 5, 2, Workspace(TINY))
    with pytest.raises(UsageError, match="cannot be pruned"):
        estimate_on_disk(Additive(1.0), spilled, (0, 1))


@pytest.mark.parametrize("level", ["word", "char"])
@pytest.mark.parametrize("order", [1, 2, 4])
def test_the_file_and_the_answers_are_those_of_the_model_in_memory(
    level, order, tmp_path
):
    text = Text.from_string(TEXT * 3)
    encoder, ids = TextEncoder.learn(tokenizer_named(level), text)
    small = NgramModel.train(encoder, ids, order)
    spilled = NgramModelOnDisk.train_on_disk(encoder, ids, Workspace(TINY), order)
    small.save(tmp_path / "small.keras")
    spilled.save(tmp_path / "spilled.keras")
    files = [tmp_path / f"{name}.keras" for name in ("small", "spilled")]
    assert files[0].read_bytes() == files[1].read_bytes()
    written = ["".join(m.generate(length=20, seed=3)) for m in (small, spilled)]
    assert written[0] == written[1]
    before = "the cat"
    assert same(
        small.next_token_probabilities(before), spilled.next_token_probabilities(before)
    )


@pytest.mark.parametrize("in_memory", [0, 1 << 20])
def test_the_card_of_the_training_text_comes_from_the_counts(monkeypatch, in_memory):
    text = Text.from_string(TEXT * 3)
    tokenizer = tokenizer_named("word")
    w = Workspace(TINY)
    encoder, ids = TextEncoder.learn(
        tokenizer, text, 8, in_memory=in_memory, spill=w.new
    )
    spilled = NgramModelOnDisk.train_on_disk(encoder, ids, w, 3)
    small = NgramModel.train(encoder, ids[:], 3)
    with monkeypatch.context() as patched:
        patched.setattr(Trie, "look_up", None)  # nothing is
        counted = spilled.card(spilled.read(text, ids)).to_dict()
    looked_up = small.card(small.read(text, ids[:])).to_dict()
    for name, value in counted.items():
        if name not in ("seconds", "tokens_per_second"):
            is_figure = isinstance(value, float)
            expected = looked_up[name]
            assert value == (pytest.approx(expected) if is_figure else expected), name
    assert counted["oov_tokens"] > 0


@settings(deadline=None)
@given(st.integers(1, 5000), st.integers(128, 900))
def test_sums_by_halves_are_those_of_numpy(length, most):
    numbers = np.random.default_rng(length).normal(size=(2, length))
    blocks = pairwise(lambda i, j: numbers[:, i:j].copy().sum(axis=1), length, most)
    assert same(numbers.sum(axis=1), blocks)
