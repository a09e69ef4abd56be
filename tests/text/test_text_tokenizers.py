"""Characters, words and marked words: to ids and back."""

import itertools
import re
import unicodedata
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keraslm.errors import CorpusError, UsageError
from keraslm.text import Text, TextEncoder, Vocabulary, tokenizer_named
from keraslm.text.borders import slices
from keraslm.text.tokenizer_base import Numbering

NAMES = ["char", "word", "word-marks"]
# letters whose case is hard to undo, accents, jamo, joiners, marks, strange spaces
HARD = " \n\t\u2028\x1c\x85"
HARD += "aAéeI\u0301\u0327İßǅΣσςﬁ\u1100\u1161\u11a8각世、がか\u3099'’-_<>/cap￭"
texts = st.one_of(
    st.text(st.sampled_from(HARD)),
    st.text(st.characters(exclude_categories=["Cs"])),
    st.lists(
        st.sampled_from(
            ["<s>", "</s>", "<unk>", "<cap>", "￭", "Hello", "NASA", "\n", " "]
        )
    ).map("".join),
)


def encoder_for(name, text, **limits):
    tokenizer = tokenizer_named(name)
    counter = tokenizer.count([text])
    counter["filler"[: 1 if name == "char" else 6]] += 1  # so that none is empty
    return TextEncoder(tokenizer, Vocabulary.build(counter, tokenizer.level, **limits))


def tokens(encoder, text):
    return [encoder.vocabulary.token(number) for number in encoder.encode(text)]


WORD = re.compile(r"[^ \t\n\r\f\v]+")


def folded(text):
    """White space folded to one space, every line ended."""
    lines = text.split("\n") if text else [""]
    if lines[-1] == "":
        lines.pop()
    return "".join(" ".join(WORD.findall(line)) + "\n" for line in lines)


def cut_in(text, size):
    return list(slices([text], size))


def test_characters_by_hand():
    encoder = encoder_for("char", "abba\n")
    # counts: a 2, b 2, f 1 (the filler); the newline is id 1
    assert encoder.vocabulary.tokens == ("<unk>", "\n", "a", "b", "f")
    ids = encoder.encode("ab\r\nx")
    assert (ids.tolist(), ids.dtype) == ([2, 3, 1, 0], np.uint16)
    assert encoder.decode(ids) == "ab\n\N{REPLACEMENT CHARACTER}"


def test_words_by_hand():
    encoder = encoder_for("word", "the cat\n\n the dog ")
    assert tokens(encoder, "the cat\n\n the dog ") == [
        *["the", "cat", "</s>", "</s>", "the", "dog", "</s>"]
    ]
    assert encoder.decode(encoder.encode("the  cat\n\nthe fish")) == (
        "the cat\n\nthe <unk>\n"
    )


def test_only_a_newline_ends_a_line():
    encoder = encoder_for("word", "a\u2028b\x85c\x0bd")
    assert tokens(encoder, "a\u2028b\x85c\x0bd") == [
        "a\u2028b\x85c",
        "d",
        "</s>",
    ]


def test_reserved_words_in_a_text_are_unknown():
    text = "a <s> b </s> <unk> x</s>\n"
    encoder = encoder_for("word", text)
    assert tokens(encoder, text) == [
        *["a", "<unk>", "b", "<unk>", "<unk>", "x</s>", "</s>"]
    ]
    assert encoder.vocabulary.counts[:2].tolist() == [3, 1]
    assert encoder.unknown_tokens("</s> a <s> <unk> y\nz y") == [
        "</s>",
        "<s>",
        "y",
        "z",
    ]


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ('"Well," said Ann.', '" <cap> ￭well ￭, ￭" said <cap> ann ￭. </s>'),
        ("NASA's I iPhone", "NASA's <cap> i iPhone </s>"),
        ("USA USA. A.B", "<upper> usa <upper> usa ￭. <cap> a ￭. <cap> ￭b </s>"),
        ("don't well-known -x-", "don't well-known - ￭x ￭- </s>"),
        ("我们 like它", "我 ￭们 like ￭它 </s>"),
        ("3.14 a_b", "3 ￭. ￭14 a ￭_ ￭b </s>"),
        ("￭ ￭￭ <cap> <unk>\n", "￭ ￭ ￭￭ < ￭cap ￭> <unk> </s>"),
        ("</s>\n", "< ￭/ ￭s ￭> </s>"),
        ("हिन्दी ÉCOLE", "हिन्दी <upper> école </s>"),
    ],
)
def test_marked_words_by_hand(text, marked):
    encoder = encoder_for("word-marks", text)
    assert " ".join(tokens(encoder, text)) == marked
    assert encoder.decode(encoder.encode(text)) == folded(text)


@given(texts)
def test_marked_words_lose_nothing(text):
    encoder = encoder_for("word-marks", text)
    assert encoder.decode(encoder.encode(text)) == folded(
        "".join(Text.from_string(text).chunks())
    )


@given(texts)
def test_words_and_characters_come_back(text):
    encoder = encoder_for("char", text)
    clean = "".join(Text.from_string(text).chunks())
    assert encoder.decode(encoder.encode(text)) == unicodedata.normalize("NFC", clean)
    encoder = encoder_for("word", text)
    renamed = " ".join(
        "<unk>" if word in ("<s>", "</s>") else word for word in clean.split()
    )
    assert " ".join(encoder.decode(encoder.encode(text)).split()) == renamed


@pytest.mark.parametrize("name", NAMES)
@given(text=texts, size=st.integers(1, 7))
def test_chunks_never_change_the_result(name, text, size):
    encoder = encoder_for(name, text)
    tokenizer, vocabulary = encoder.tokenizer, encoder.vocabulary
    chunks = cut_in(text, size)
    assert tokenizer.count(chunks) == tokenizer.count([text])
    parts = [list(tokenizer.encode(c, vocabulary)) for c in (chunks, [text])]
    flat = [np.concatenate([[], *part]).tolist() for part in parts]
    assert flat[0] == flat[1]
    assert len(flat[0]) == sum(tokenizer.count([text]).values())


@pytest.mark.parametrize("name", NAMES)
@given(text=texts)
def test_pieces_are_the_decoded_text_one_an_id(name, text):
    encoder = encoder_for(name, text)
    ids = encoder.encode(text).tolist()
    pieces = list(encoder.pieces(iter(ids)))
    assert "".join(pieces) == encoder.decode(ids)
    assert len(pieces) == len(ids)


@pytest.mark.parametrize("name", NAMES)
def test_a_prompt_has_no_boundary_at_its_end(name):
    encoder = encoder_for(name, "a b\nc\n")
    boundary = encoder.vocabulary.boundary_id
    ids = encoder.encode("a b\nc").tolist()
    ids = ids[:-1] if name != "char" else ids
    assert encoder.encode_prompt("a b\r\nc") == ids
    assert encoder.encode_prompt("a b\nc\n") == [*ids, boundary]
    assert encoder.encode_prompt("") == []


def test_unknown_tokens_are_listed_once():
    encoder = encoder_for("char", "ab\n")
    assert encoder.unknown_tokens("abxyx世\n") == ["x", "y", "世"]
    encoder = encoder_for("word-marks", "the cat.\n")
    assert encoder.unknown_tokens("The cat!\n") == ["<cap>", "￭!"]


def test_combining_characters_meet_across_chunks():
    tokenizer = tokenizer_named("char")
    assert tokenizer.count(["e", "\u0301"]) == Counter("é")
    assert tokenizer.count(["\u1100", "\u1161", "\u11a8"]) == Counter("각")


def test_a_text_without_a_place_to_cut_still_works():
    accents = "\u0301" * 1000
    assert tokenizer_named("char").count(cut_in("a" + accents, 10)).total() == 1000


def test_an_endless_word_is_refused_in_bounded_memory():
    endless = itertools.repeat("x" * 1000)
    with pytest.raises(CorpusError, match="`level='char'`"):
        tokenizer_named("word").count(endless)


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_text_has_no_tokens(name):
    tokenizer = tokenizer_named(name)
    assert tokenizer.count([]) == tokenizer.count([""]) == Counter()


def test_an_unknown_tokenizer_is_a_usage_error():
    with pytest.raises(UsageError, match="char, word, word-marks"):
        tokenizer_named("bytes")


@given(texts, st.integers(1, 9))
def test_learning_in_one_reading_is_counting_and_then_encoding(text, size):
    text = "".join(Text.from_string(text).chunks())
    for name in NAMES:
        tokenizer = tokenizer_named(name)
        counter = tokenizer.count([text])
        try:
            vocabulary = Vocabulary.build(counter, tokenizer.level)
        except CorpusError:
            continue
        encoder, ids = TextEncoder.learn(tokenizer, text, in_memory=size)
        assert encoder.vocabulary.to_dict() == vocabulary.to_dict()
        assert np.array_equal(ids, TextEncoder(tokenizer, vocabulary).encode(text))


@given(st.lists(texts, max_size=4))
def test_words_are_numbered_as_a_dictionary_would(chunks):
    numbers = Numbering()
    tokenizer = tokenizer_named("word")
    arrays = list(tokenizer.number(chunks, numbers, np.uint32))
    names = list(numbers)
    found = [names[number] for array in arrays for number in array.tolist()]
    assert found == [w for words in tokenizer.word_lists(chunks) for w in words]
