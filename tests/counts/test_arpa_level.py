"""What a token of an ARPA file is: told by the file, told by the user, or hinted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import keraslm
from keraslm.audit import audit_model
from keraslm.counts.arpa import name_of, token_of
from keraslm.counts.model import NgramModel
from keraslm.errors import ModelFileError, UsageError
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import tokenizer_named

TEXT = "The fox, the OWL.\tA </s>?\n▁ and é\n"
TOKENIZERS = ["char", "word", "word-marks"]


@pytest.fixture
def train(tmp_path):
    """Count a text's n-grams and export them; gives the model and its ARPA file."""

    def train(tokenizer, text=TEXT):
        encoder, ids = TextEncoder.learn(tokenizer_named(tokenizer), text)
        model = NgramModel.train(encoder, ids, 3, "witten-bell")
        path = tmp_path / "model.arpa"
        model.write_arpa(path)
        return model, path

    return train


def without_comment(path):
    lines = path.read_text("utf-8").split("\n")
    path.write_text("\n".join(lines[lines.index("\\data\\") :]), "utf-8")
    return path


@pytest.mark.parametrize("tokenizer", TOKENIZERS)
def test_an_exported_model_is_read_as_what_it_is(train, tokenizer):
    model, path = train(tokenizer)
    again = keraslm.load(path)
    assert again.encoder.tokenizer.name == tokenizer
    assert again.encoder.hash == model.encoder.hash
    assert again.perplexity(TEXT) == pytest.approx(model.perplexity(TEXT), rel=1e-7)
    written = [m.generate("the", length=9, seed=1) for m in (model, again)]
    assert "".join(written[0]) == "".join(written[1])


def test_the_level_of_another_programs_file_is_told(train):
    model, path = train("char")
    again = keraslm.load(without_comment(path), level="char")
    assert again.encoder.hash == model.encoder.hash
    assert again.perplexity(TEXT) == pytest.approx(model.perplexity(TEXT), rel=1e-7)


def test_characters_that_are_read_as_words_are_hinted(train):
    path = without_comment(train("char")[1])
    (hint,) = keraslm.load(path).hints
    assert "100% of the tokens are single characters" in hint
    assert "`level='char'`" in hint
    assert not keraslm.load(path, level="char").hints
    assert not keraslm.load(train("word")[1]).hints


@pytest.mark.parametrize(
    ("tokenizer", "level", "reason"),
    [
        ("char", "word", "is a model of char tokens, as it says itself"),
        ("word-marks", "char", "is a model of word tokens, as it says itself"),
        ("word", "char", "no model of characters: its token '.*' is not one"),
    ],
)
def test_a_level_that_the_file_has_not_is_refused(train, tokenizer, level, reason):
    _, path = train(tokenizer)
    with pytest.raises(ModelFileError, match=reason):
        keraslm.load(path, level=level)


def test_a_model_file_says_its_level_itself(train, tmp_path):
    model, _ = train("word")
    model.save(tmp_path / "model.keras")
    assert keraslm.load(tmp_path / "model.keras", level="word").name == model.name
    with pytest.raises(UsageError, match="is a model of word tokens"):
        keraslm.load(tmp_path / "model.keras", level="char")


def test_a_tokenizer_that_is_not_known_is_refused(train):
    _, path = train("char")
    path.write_text(path.read_text("utf-8").replace("tokenizer: char", "tokenizer: x"))
    with pytest.raises(ModelFileError, match="names the tokenizer 'x', which is none"):
        keraslm.load(path)


@given(st.characters(exclude_categories=["Cs"]))
def test_a_character_has_a_name_of_its_own_without_white_space(character):
    name = name_of(character)
    assert len(name.split()) == 1
    assert token_of(name) == character


def rounded(path, digits):
    """Write a file's logarithms with so many digits."""

    def shorter(cell):
        return f"{float(cell):.{digits}g}"

    rows = [line.split("\t") for line in path.read_text("utf-8").split("\n")]
    for row in (row for row in rows if len(row) > 1):
        row[0], row[2:] = shorter(row[0]), map(shorter, row[2:])
    path.write_text("\n".join("\t".join(row) for row in rows), "utf-8")


@pytest.mark.parametrize("digits", [3, 6, 9])
def test_an_audit_allows_what_the_digits_of_a_file_leave_open(train, digits):
    text = "".join(f"w{n % 7} w{n % 5} w{n % 3}\n" for n in range(50))
    _, path = train("word", text)
    rounded(path, digits)
    check = audit_model(keraslm.load(path))[0]
    # three numbers, each half a unit of its last digit off, times log 10:
    # 3 * 2.3026 / 2 = 3.4539
    assert check.limit == pytest.approx(1e-6 + 3.4539 * 10 ** (1 - digits), rel=0.02)
    assert check.passed
    exact = train("word", text)[0].next_token_probabilities("w1").sum()
    assert exact == pytest.approx(1, abs=1e-12)


def test_an_audit_still_finds_a_probability_that_is_wrong(train):
    _, path = train("word")
    rounded(path, 6)
    lines = path.read_text("utf-8").split("\n")
    first = lines.index("\\1-grams:") + 3
    lines[first] = "-0.5" + lines[first][lines[first].index("\t") :]
    path.write_text("\n".join(lines), "utf-8")
    assert not audit_model(keraslm.load(path))[0].passed
