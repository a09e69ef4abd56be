"""Vocabularies, encoders and their memory."""

import itertools
import json
import tracemalloc

import numpy as np
import pytest

from keraslm.errors import CorpusError, KeraslmError, ModelFileError, UsageError
from keraslm.text import (
    Text,
    TextEncoder,
    Vocabulary,
    open_corpus,
    open_text,
    tokenizer_named,
)

MEGABYTE = 1 << 20


def words(**counts):
    return Vocabulary.build(counts, "word")


def encoder_of(text, name="word", **options):
    tokenizer = tokenizer_named(name)
    vocabulary = Vocabulary.build(tokenizer.count([text]), tokenizer.level)
    return TextEncoder(tokenizer, vocabulary, **options)


def test_ids_fall_with_the_count_and_ties_are_sorted():
    counts = {"</s>": 9, "b": 2, "a": 2, "c": 5, "<unk>": 1}
    vocabulary = Vocabulary.build(counts, "word")
    assert vocabulary.tokens == ("<unk>", "</s>", "c", "a", "b")
    assert vocabulary.counts.tolist() == [1, 9, 5, 2, 2]
    shuffled = dict(reversed(counts.items()))
    assert Vocabulary.build(shuffled, "word").hash == vocabulary.hash


def test_size_and_min_count_limit_the_vocabulary():
    counts = {"</s>": 1, "a": 3, "b": 2, "c": 1}
    # <unk> stands for what was left out: b and c
    small = Vocabulary.build(counts, "word", size=3)
    assert (small.tokens[2:], small.counts.tolist()) == (("a",), [3, 1, 3])
    often = Vocabulary.build(counts, "word", min_count=2)
    assert (often.tokens[2:], often.counts.tolist()) == (("a", "b"), [1, 1, 3, 2])


def test_tokens_are_looked_up():
    vocabulary = words(a=1)
    assert (vocabulary["a"], vocabulary.get("x"), vocabulary.token(2)) == (2, 0, "a")
    assert vocabulary["<s>"] == vocabulary["</s>"] == vocabulary.boundary_id
    assert "a" in vocabulary and "x" not in vocabulary and len(vocabulary) == 3
    with pytest.raises(KeyError):
        vocabulary["x"]
    for number in (-1, 3):
        with pytest.raises(IndexError):
            vocabulary.token(number)
    assert "<s>" not in Vocabulary.build({"a": 1}, "char")


@pytest.mark.parametrize("limits", [{"size": 2}, {"size": -5}, {"min_count": 0}])
def test_bad_limits_are_usage_errors(limits):
    with pytest.raises(UsageError, match="received"):
        Vocabulary.build({"a": 1}, "word", **limits)


def test_a_vocabulary_needs_a_token():
    with pytest.raises(CorpusError, match="no tokens at the word level"):
        Vocabulary.build({"</s>": 3}, "word")
    with pytest.raises(UsageError, match="occurs 2 times"):
        Vocabulary.build({"a": 2}, "word", min_count=3)


def test_an_encoder_survives_json():
    encoder = encoder_of("世界 a\n", "char")
    data = json.loads(json.dumps(encoder.to_dict()))
    again = TextEncoder.from_dict(data)
    assert again.hash == encoder.hash
    assert again.vocabulary.counts.tolist() == encoder.vocabulary.counts.tolist()
    assert encoder_of("a b", "word").hash != encoder_of("a b", "word-marks").hash


@pytest.mark.parametrize(
    "damage",
    [
        {"tokenizer": "bytes"},
        {"tokenizer": 3},
        {"tokenizer": "char"},
        {"vocabulary": None},
        {"vocabulary": {}},
        {"vocabulary": {"tokens": "abc"}},
        {"vocabulary": {"tokens": ["<unk>", "</s>", 3]}},
        {"vocabulary": {"tokens": ["<unk>", "</s>", "a", "a"]}},
        {"vocabulary": {"tokens": ["</s>", "<unk>", "a"]}},
        {"vocabulary": {"tokens": ["<unk>"]}},
        {"vocabulary": {"tokens": ["<unk>", "a"]}},
        {"vocabulary": {"tokens": ["<unk>", "</s>"], "counts": [1]}},
        {"vocabulary": {"tokens": ["<unk>", "</s>"], "counts": [1, "2"]}},
        {"vocabulary": {"tokens": ["<unk>", "</s>"], "counts": [1, -2]}},
        {"vocabulary": {"tokens": ["<unk>", "</s>"], "counts": [1, 1 << 70]}},
    ],
)
def test_a_damaged_encoder_is_a_model_file_error(damage):
    data = encoder_of("a b\n").to_dict()
    with pytest.raises(ModelFileError, match="damaged"):
        TextEncoder.from_dict({**data, **damage})


def test_not_even_a_table_is_a_model_file_error():
    with pytest.raises(ModelFileError):
        TextEncoder.from_dict(["word"])


def test_many_tokens_need_wider_ids():
    tokens = ["<unk>", "</s>", *map(str, range(65534))]
    for extra, dtype in ((0, np.uint16), (1, np.uint32)):
        vocabulary = Vocabulary(tokens + ["extra"] * extra)
        for name in ("word", "word-marks"):
            ids = TextEncoder(tokenizer_named(name), vocabulary).encode("65533 0")
            assert ids.dtype == dtype
            assert ids.tolist() == [65535, 2, 1]


def test_large_texts_are_mapped_files_that_vanish(tmp_path):
    text = "the cat sat on the mat\n" * 1000
    small = encoder_of(text).encode(text)
    large = encoder_of(text, in_memory=500).encode(text, directory=tmp_path)
    assert isinstance(large, np.memmap) and not isinstance(small, np.memmap)
    assert large.dtype == small.dtype
    assert np.array_equal(large, small)
    del large
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path):
    encoder = encoder_of("a b\n", in_memory=0)
    with pytest.raises(KeraslmError, match="cannot write the ids"):
        encoder.encode("a b\n", directory=tmp_path / "none")


def test_progress_reaches_the_end(tmp_path):
    (tmp_path / "x.txt").write_text("word " * 1000)
    text = open_text(tmp_path / "x.txt", chunk_size=600)
    seen = []
    encoder_of("word").encode(text, progress=lambda *done: seen.append(done))
    assert seen == sorted(seen)
    assert seen[0] == (600, 5000) and seen[-1] == (5000, 5000)


def test_the_same_text_gives_the_same_encoder(tmp_path):
    text = "".join(f"word{number % 97} and more\n" for number in range(3000))
    (tmp_path / "x.txt").write_text(text)
    for name in ("char", "word", "word-marks"):
        tokenizer = tokenizer_named(name)
        opened = [open_text(tmp_path / "x.txt", chunk_size=n).chunks() for n in (99, 7)]
        counters = [tokenizer.count(chunks) for chunks in opened]
        built = [Vocabulary.build(c, tokenizer.level) for c in counters]
        assert built[0].hash == built[1].hash == encoder_of(text, name).vocabulary.hash


@pytest.mark.parametrize(
    ("name", "end", "lines", "most"), [("char", "\n", 500, 8), ("word", " ", 400, 20)]
)
def test_memory_does_not_grow_with_the_text(tmp_path, name, end, lines, most):
    line = "abcdefghi" * 11 + end  # long words: tracing each allocation is slow
    with (tmp_path / "big.txt").open("w") as file:
        file.writelines(itertools.repeat(line * 1000, lines))  # 50 or 40 MB
    encoder = encoder_of(line, name, in_memory=MEGABYTE // 4)
    tracemalloc.start()
    corpus = open_corpus(tmp_path / "big.txt", chunk_size=MEGABYTE // 4)
    ids = encoder.encode(corpus.train, directory=tmp_path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(ids) >= 180_000
    assert peak < most * MEGABYTE


def test_a_text_from_python_is_encoded_as_the_same_file():
    encoder = encoder_of("a b\nc\n")
    from_text = encoder.encode(Text.from_string("a b\r\nc"))
    assert np.array_equal(from_text, encoder.encode("a b\nc"))


def test_fit_builds_the_vocabulary_of_a_text(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("a b. a\nb b\n", encoding="utf-8")
    encoder = TextEncoder.fit(path)
    # space 3, b 3, a 2, . 1; newline 2
    assert encoder.vocabulary.tokens == ("<unk>", "\n", " ", "b", "a", ".")
    assert encoder.vocabulary.counts.tolist() == [0, 2, 3, 3, 2, 1]
    text = Text.from_string("a b. a\nb b\n")
    for given in (str(path), text, open_text(path)):
        assert TextEncoder.fit(given).hash == encoder.hash
    learnt, _ = TextEncoder.learn(tokenizer_named("char"), text)
    assert learnt.hash == encoder.hash


def test_fit_takes_words_their_marks_and_limits():
    text = Text.from_string("a b. a\nb b\n")
    assert TextEncoder.fit(text, "word").vocabulary.tokens[2:] == ("a", "b", "b.")
    marks = TextEncoder.fit(text, level="word", tokenize=True)
    assert marks.tokenizer.name == "word-marks"
    assert len(marks.vocabulary) == 5
    assert TextEncoder.fit(text, vocabulary_size=3).vocabulary.tokens[2:] == (" ",)
    often = TextEncoder.fit(text, min_count=3)
    assert often.vocabulary.tokens[2:] == (" ", "b")


def test_fit_opens_datasets_by_name():
    tokens = TextEncoder.fit("village:train:small", level="word")
    assert "alice" in tokens.vocabulary


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("village", {"level": "letter"}, "`level` is one of 'word', 'char'; received"),
        ("village", {"tokenize": True}, "needs `level='word'`"),
        ("no such file", {}, "there is no file or folder no such file"),
        ("the cat\nthe dog\n", {}, r"received 16 characters of text: give `Text.from_"),
        ("the cat " * 40, {}, "received 320 characters of text"),
    ],
)
def test_fit_says_what_it_cannot_use(text, options, said):
    with pytest.raises(UsageError, match=said):
        TextEncoder.fit(text, **options)
