"""The n-grams of the parts, merged, are those of the text, array for array."""

import itertools
import pathlib
import tempfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keraslm.cluster import merging
from keraslm.cluster.counting import ClusterCount, first_in_text
from keraslm.counts.ngrams import count_ngrams
from keraslm.errors import CorpusChanged, CorpusError, UsageError
from keraslm.text import open_corpus, open_text
from keraslm.text.encoder import TextEncoder
from keraslm.text.text import Text
from keraslm.text.tokenizer import TOKENIZERS, tokenizer_named
from tests.cluster.at_once import AtOnce

WORDS = ["a", "b", "the", "cat", "Sat,", "é", "e\u0301", "<unk>", "</s>", "\u3042"]
lines = st.lists(
    st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join), min_size=1, max_size=12
).map("\n".join)


def same(one, other):
    return one.dtype == other.dtype and np.array_equal(one, other)


def assert_same_ngrams(found, expected):
    assert same(found.first_seen, expected.first_seen)
    assert found.trie.boundary == expected.trie.boundary
    assert len(found.trie.levels) == len(expected.trie.levels)
    for k, level in enumerate(expected.trie.levels):
        assert same(found.trie.levels[k].keys, level.keys)
        assert found.trie.levels[k].histories == level.histories
        assert same(found.counts[k], expected.counts[k])
        assert same(found.suffixes[k], expected.suffixes[k])


def in_one_process(text, tokenizer, order, *limits):
    encoder, ids = TextEncoder.learn(tokenizer, text, *limits)
    return encoder, ids, count_ngrams(ids, len(encoder.vocabulary), order)


def in_parts(text, tokenizer, order, *limits, size=None, workers=3):
    given = (AtOnce(workers), text, order, lambda *told: None, size)
    counting = ClusterCount(*given)
    encoder, ids = counting.learn(tokenizer, *limits)
    return encoder, ids, counting.ngrams()


def assert_same_count(text, tokenizer, order, *limits, **how):
    encoder, ids, ngrams = in_one_process(text, tokenizer, order, *limits)
    found = in_parts(text, tokenizer, order, *limits, **how)
    assert found[0].to_dict() == encoder.to_dict()
    assert same(found[1], ids)
    assert_same_ngrams(found[2], ngrams)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(lines, min_size=1, max_size=4),
    st.sampled_from(sorted(TOKENIZERS)),
    st.integers(1, 5),
    st.integers(1, 40),
    st.integers(1, 9),
    st.sampled_from([(None, 1), (4, 1), (None, 2)]),
)
def test_any_text_cut_anywhere(files, name, order, size, workers, limits):
    with tempfile.TemporaryDirectory() as folder:
        for i, text in enumerate(files):
            (pathlib.Path(folder) / f"{i}.txt").write_text(text, encoding="utf-8")
        try:
            text = open_text(folder)
            in_one_process(text, tokenizer_named(name), order, *limits)
        except (UsageError, CorpusError):
            with pytest.raises((UsageError, CorpusError)):
                text = open_text(folder)
                in_parts(text, tokenizer_named(name), order, *limits, size=size)
            return
        given_ = (text, tokenizer_named(name), order, *limits)
        assert_same_count(*given_, size=size, workers=workers)


@pytest.mark.parametrize("split", ["100", "90/5/5", "50/50"])
def test_the_training_part_of_a_text_that_is_cut(tmp_path, split):
    rng = np.random.default_rng(0)
    words = rng.choice(WORDS, 4000)
    text = "".join(w + ("\n" if i % 7 == 6 else " ") for i, w in enumerate(words))
    (tmp_path / "text.txt").write_text(text, encoding="utf-8")
    train = open_corpus(tmp_path / "text.txt", split=split).train
    assert_same_count(train, tokenizer_named("word"), 4, size=900)


@given(
    st.lists(st.lists(st.integers(0, 30), max_size=20), min_size=1, max_size=5),
    st.integers(1, 6),
)
def test_ranges_hold_every_key_once_and_no_history_twice(parts, partitions):
    keys = [np.unique(np.array(part, dtype=np.int64)) for part in parts]
    runs = [merging.Run(key, np.ones_like(key), key * 2) for key in keys]
    samples = [merging.sample(run) for run in runs]
    starts = merging.ranges(samples, [len(run) for run in runs], partitions, 5)
    assert list(starts) == sorted(starts)
    cut = [merging.split(run, starts) for run in runs]
    assert {len(each) for each in cut} == {partitions}
    merged = [merging.merge([each[j] for each in cut]) for j in range(partitions)]
    found = np.concatenate([each.run.keys for each in merged])
    assert np.array_equal(found, np.unique(np.concatenate(keys)))
    histories = [set((each.run.keys // 5).tolist()) for each in merged]
    for one, other in itertools.combinations(histories, 2):
        assert not one & other
    sizes = [len(each.run) for each in merged]
    for i, run in enumerate(runs):
        index = merging.index_in_text([each.places[i] for each in merged], sizes)
        assert np.array_equal(found[index], run.keys)


def test_ranges_of_a_large_run_are_balanced():
    keys = np.arange(100_000, dtype=np.int64) * 3
    few = np.arange(10, dtype=np.int64)
    runs = [merging.Run(each, each, each) for each in (keys, few)]
    samples = [merging.sample(run) for run in runs]
    starts = merging.ranges(samples, [len(run) for run in runs], 4, 3)
    sizes = [len(each) for each in merging.split(runs[0], starts)]
    assert max(sizes) - min(sizes) < 400  # a sample stands for 100 keys


def test_counts_add_up_beyond_the_type_they_came_in():
    key = np.array([7], dtype=np.int64)
    runs = [merging.Run(key, np.array([200], dtype=np.uint8), key)] * 3
    merged = merging.merge(runs).run
    assert merged.counts.tolist() == [600]  # more than a byte holds
    assert merged.suffixes.tolist() == [7]


def test_a_word_is_first_seen_in_the_first_part_that_has_it():
    parts = [
        (np.array([2, 3], np.uint8), np.array([0, 4], np.uint8)),
        (np.array([3, 4], np.uint8), np.array([1, 2], np.uint8)),
    ]
    assert first_in_text(parts, [5, 3], 6).tolist() == [-1, -1, 0, 4, 5 + 2, -1]


def test_a_text_in_no_file_is_refused():
    with pytest.raises(UsageError, match=r"`cluster` counts files .*; x is no file"):
        ClusterCount(AtOnce(), Text.from_string("a b\n", "x"), 3, lambda *told: None)


def test_a_worker_without_the_file_is_named(tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_text("a b\n" * 9)
    text = open_text(tmp_path)
    client = AtOnce()
    answers = ["", f"No such file or directory: {tmp_path / 'a.txt'}", ""]
    monkeypatch.setattr(
        client, "run", lambda *given: dict(zip(client.workers, answers, strict=True))
    )
    with pytest.raises(UsageError) as refused:
        ClusterCount(client, text, 3, lambda *told: None)
    assert str(refused.value).startswith(
        "the worker tcp://10.0.0.1:8786 cannot read the text (No such file or "
        f"directory: {tmp_path / 'a.txt'}); put its files where every worker finds"
    )


def test_another_file_on_a_worker_is_seen_at_the_latest_by_its_length(tmp_path):
    (tmp_path / "a.txt").write_text("abcd\n" * 9)
    text = open_text(tmp_path)
    assert text.characters == 45
    counting = ClusterCount(AtOnce(), text, 3, lambda *told: None)
    (tmp_path / "a.txt").write_text("abé\n" * 9)  # as many bytes, fewer characters
    with pytest.raises(CorpusChanged, match="45 characters here and 36 on the workers"):
        counting.learn(tokenizer_named("char"))


def test_another_version_on_a_worker_that_came_late_is_refused(tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_text("abcd\n" * 9)
    counting = ClusterCount(AtOnce(), open_text(tmp_path), 3, lambda *told: None)
    monkeypatch.setattr("keraslm.cluster.tasks.__version__", "0.0.1")
    with pytest.raises(UsageError, match=r"on the worker .*: keraslm is 0\.0\.1, and"):
        counting.learn(tokenizer_named("char"))


def test_progress_is_told_in_parts(tmp_path):
    (tmp_path / "a.txt").write_text("a b\n" * 90)
    told = []
    counting = ClusterCount(
        AtOnce(), open_text(tmp_path), 3, lambda *x: told.append(x), 9
    )
    counting.learn(tokenizer_named("word"))
    counting.ngrams()
    parts = len(counting.parts)
    assert told == [
        ("reading parts", parts, parts),
        ("counting parts", parts, parts),
        ("merging ranges", 3, 3),
        ("merging ranges", 3, 3),
    ]
