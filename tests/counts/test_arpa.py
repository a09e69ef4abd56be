"""ARPA files: what is right is read, what is wrong is said with its line."""

import gzip
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import keraslm
from keraslm.counts.model import NgramModel
from keraslm.errors import ModelFileError, UsageError
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import tokenizer_named

# P(a) = 10^-0.5, P(b | a) = 10^-0.1, b(a) = 10^-0.2
GOOD = """
\\data\\
ngram 1=5
ngram 2=3

\\1-grams:
-1.5\t<unk>
-99\t<s>\t-0.3
-0.7\t</s>
-0.5\ta\t-0.2
-0.9\tb\t-0.4

\\2-grams:
-0.2\t<s> a
-0.1\ta b
-0.3\tb </s>

\\end\\
"""


@pytest.fixture
def load(tmp_path):
    def load(text):
        path = tmp_path / "model.arpa"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return keraslm.load(path)

    return load


def test_a_file_is_a_model(load):
    model = load(GOOD)
    score = model.score("a b b\n")
    # <s> a; a b; b(b) P(b); b </s>
    expected = [-0.2, -0.1, -0.4 - 0.9, -0.3]
    found = score.log_probabilities / math.log(10)
    assert found == pytest.approx(expected)
    assert model.name == "ngram-2 arpa"
    assert model.size_per_order() == [4, 3]


def test_spaces_separate_as_tabs_do(load):
    spaced = GOOD.replace("\t", "  ").replace("ngram 1=5", "ngram  1 = 5")
    assert load(spaced).score("a b").log_probabilities == pytest.approx(
        load(GOOD).score("a b").log_probabilities
    )


def test_a_packed_file_is_read(load):
    packed, plain = load(gzip.compress(GOOD.encode())), load(GOOD)
    assert packed.perplexity("a b\n") == plain.perplexity("a b\n")


FAULTS = [
    # (what is replaced, by what, line, reason)
    ("ngram 1=5", "ngram 1=6", 13, "there are 5 1-grams, but .* says 6"),
    ("ngram 2=3", "ngram 2=2", 16, "there are more 2-grams than the 2 of"),
    ("ngram 2=3", "ngram 3=3", 4, "ngram 2=COUNT was expected"),
    ("ngram 1=5", "ngram 1=many", 3, "ngram 1=COUNT was expected"),
    ("-0.5\ta", "minus\ta", 10, "a logarithm was expected; received 'minus'"),
    ("-0.5\ta", "nan\ta", 10, "must be a finite number"),
    ("-0.5\ta", "0.5\ta", 10, "must not exceed 1"),
    ("-0.5\ta", "-0_5\ta", 10, "a logarithm was expected; received '-0_5'"),
    ("-0.5\ta", "-0,5\ta", 10, "a logarithm was expected; received '-0,5'"),
    ("-0.1\ta b", "-0.1\ta", 15, "a number, 2 words and at most one number"),
    ("-0.1\ta b", "-0.1\ta b\t-0.5", 15, "has no back-off weight but 0"),
    ("-0.9\tb", "-0.9\ta", 11, "'a' is there twice"),
    ("-0.1\ta b", "-0.2\t<s> a", 15, "the n-gram is there twice"),
    ("-0.1\ta b", "-0.1\ta c", 15, "'c' is not among the 1-grams"),
    ("-0.7\t</s>", "-0.7\t<end>", 13, "</s>, the end of a line, is not among"),
    ("\\data\\", "\\DATA\\", 2, r"\\data\\ was expected"),
    ("\n\\data\\", "an ARPA file\n\\data\\", 1, "a comment before it begins with #"),
    ("\n\\data\\", "iARPA\n\\data\\", 1, "IRSTLM's own format: write ARPA"),
    ("\\end\\\n", "\\end\\\n\\data\\", 19, r"nothing may follow \\end\\"),
    ("\\2-grams:", "\\3-grams:", 13, r"\\2-grams: was expected"),
    ("\\end\\\n", "", 17, r"the file ends before \\end\\"),
]


@pytest.mark.parametrize(("part", "other", "line", "reason"), FAULTS)
def test_a_fault_is_said_with_its_line(load, part, other, line, reason):
    assert GOOD.count(part) >= 1
    with pytest.raises(ModelFileError, match=rf"line {line}: .*{reason}"):
        load(GOOD.replace(part, other, 1))


def test_a_history_must_be_there(load):
    text = GOOD.replace("ngram 2=3", "ngram 2=3\nngram 3=1").replace(
        "\\end\\", "\\3-grams:\n-0.1\tb b a\n\n\\end\\"
    )
    text = text.replace("a b\n", "a b\t0\n")
    with pytest.raises(
        ModelFileError, match=r"line 20: its history is not in the order"
    ):
        load(text)


def test_a_word_that_is_no_text_is_refused(load):
    with pytest.raises(ModelFileError, match=r"line 11: .* is not UTF-8"):
        load(GOOD.encode().replace(b"-0.9\tb", b"-0.9\t\xff"))


@pytest.mark.parametrize("at", range(8, len(GOOD) - 1, 7))
def test_a_file_cut_short_is_refused(load, at):
    with pytest.raises(ModelFileError, match="line"):
        load(GOOD[:at])


def test_a_packed_file_cut_short_is_refused(load):
    packed = gzip.compress(GOOD.encode())
    with pytest.raises(ModelFileError):
        load(packed[:-12])


def test_a_packed_file_damaged_inside_is_refused(load):
    packed = gzip.compress(GOOD.encode())
    with pytest.raises(ModelFileError):
        load(packed[:10] + b"\xff" * 9 + packed[19:])


def test_a_packed_file_damaged_far_inside_is_refused(tmp_path):
    rows = "".join(f"-1 {number}\n" for number in range(50_000))
    packed = gzip.compress(f"\\data\\\nngram 1=90000\n\n\\1-grams:\n{rows}".encode())
    path = tmp_path / "model.arpa.gz"
    path.write_bytes(packed + packed[:10] + b"\xff" * 9)
    with pytest.raises(ModelFileError, match="damaged gzip"):
        keraslm.load(path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("\\data\\\nngram 1=" + "9" * 2_000_000, "a line of 1,048,576 bytes"),
        ("\\data\\\nngram 1=1\n" + "\n" * 5_000_000, "than 100 times its size"),
        (
            "\\data\\\nngram 1=9\n\n\\1-grams:\n" + "0 a\n" * 10**6,
            "more 1-grams than the 9",
        ),
        (GOOD.replace("-0.2\t<s> a", "-1\ta b\n" * 10**5), "more 2-grams than the 3"),
    ],
)
def test_a_packed_file_that_bursts_is_refused(tmp_path, text, words):
    path = tmp_path / "model.arpa.gz"
    path.write_bytes(gzip.compress(text.encode()))
    with pytest.raises(ModelFileError, match=words):
        keraslm.load(path)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_characters_of_any_kind_are_written_and_read(tmp_path_factory, text):
    tokenizer = tokenizer_named("char")
    text = tokenizer_named("char").decode(*encoded(tokenizer, text))
    encoder, ids = TextEncoder.learn(tokenizer, text + "x")
    model = NgramModel.train(encoder, ids, 3)
    path = tmp_path_factory.mktemp("arpa") / "model.arpa"
    model.write_arpa(path)
    again = keraslm.load(path)
    assert again.size_per_order() == model.size_per_order()
    assert again.encoder.hash == encoder.hash
    assert again.perplexity(text) == pytest.approx(model.perplexity(text))


def encoded(tokenizer, text):
    encoder, ids = TextEncoder.learn(tokenizer, text + "x")
    return ids, encoder.vocabulary


def test_additive_smoothing_has_no_arpa_file(train, tmp_path):
    with pytest.raises(UsageError, match="additive smoothing does not"):
        train(2).write_arpa(tmp_path / "model.arpa")
    assert not list(tmp_path.iterdir())


pieces = st.sampled_from(
    [*GOOD.split("\n"), "ngram 3=1", "\\3-grams:", "-1 a b a", "-1", "nan\tb", "\x00"]
)


@given(st.lists(st.one_of(pieces, st.text(max_size=9)), max_size=24))
def test_any_lines_are_a_model_or_an_error(tmp_path_factory, lines):
    path = tmp_path_factory.mktemp("arpa") / "model.arpa"
    path.write_text("\n".join(["\\data\\", *lines]), "utf-8")
    try:
        model = NgramModel.read_arpa(path)
    except ModelFileError as error:
        assert ", line " in str(error)
    else:
        assert model.size_per_order()
