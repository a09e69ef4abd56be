"""A foreign vocabulary file, and our numbering of its tokens."""

import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keraslm.adoption.numbering import renumber
from keraslm.adoption.token_file import TokenFile, read_tokens
from keraslm.errors import UsageError
from keraslm.models.adopted import NOTHING


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("list.json", '["a", "\\n", "b"]'),
        ("ids.json", '{"b": 2, "a": 0, "\\n": 1}'),
        ("export.json", '{"tokens": ["a", "\\n", "b"], "tokenizer": "char"}'),
        ("lines.txt", "a\n\\n\nb\n"),
        ("windows.txt", "\ufeffa\r\n\\n\r\nb\r\n"),
        ("json.txt", '["a", "\\n", "b"]'),
    ],
)
def test_each_form_gives_the_tokens_in_the_order_of_ids(tmp_path, name, content):
    (tmp_path / name).write_bytes(content.encode())
    assert read_tokens(tmp_path / name).tokens == ("a", "\n", "b")


def test_a_text_file_may_hold_brackets_blanks_and_backslashes(tmp_path):
    (tmp_path / "tokens.txt").write_text("[\n \n\\\\\n\\t\n\\x\n")
    assert read_tokens(tmp_path / "tokens.txt").tokens == ("[", " ", "\\", "\t", "\\x")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('["a", "a"]', "'a' occurs twice"),
        ('{"a": 0, "b": 2}', "0 to 1"),
        ('{"a": 0, "b": true}', "0 to 1"),
        ('["a", 1]', "list of tokens"),
        ("[]", "list of tokens"),
        ('["a"', "not JSON"),
        ("3", "list of tokens"),
        ('["a", "\\ud800"]', r"'.ud800' .* holds half of a surrogate pair"),
        ('{"\\udc00b": 0}', "holds half of a surrogate pair"),
        ("[" + "9" * 5000 + "]", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[" + "[]," * 1_000_001 + "[]]", "more values than a vocabulary"),
    ],
)
def test_what_is_no_vocabulary_is_refused(tmp_path, content, words):
    (tmp_path / "tokens.json").write_text(content)
    with pytest.raises(UsageError, match=words):
        read_tokens(tmp_path / "tokens.json")


def test_a_token_that_comes_twice_in_a_long_file_is_found_at_once(tmp_path):
    lines = [f"w{number}" for number in range(200_000)]
    (tmp_path / "tokens.txt").write_text("\n".join([*lines, "w199999"]))
    with pytest.raises(UsageError, match="'w199999' occurs twice"):
        read_tokens(tmp_path / "tokens.txt")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names are Unix's")
def test_whole_surrogate_pairs_are_a_character(tmp_path):
    (tmp_path / "tokens.json").write_text('["\\ud83e\\udd8a", "a"]')
    assert read_tokens(tmp_path / "tokens.json").tokens == ("\U0001f98a", "a")


def test_empty_lines_at_the_end_are_no_tokens(tmp_path):
    (tmp_path / "tokens.txt").write_text("\na\nb\n\n")  # the first is padding
    assert read_tokens(tmp_path / "tokens.txt").tokens == ("", "a", "b")


def test_a_pipe_is_no_vocabulary_and_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "tokens.json")
    with pytest.raises(UsageError, match="it is no file"):
        read_tokens(tmp_path / "tokens.json")


def test_our_order_is_unknown_line_end_and_the_rest():
    found = renumber(TokenFile(("a", "\n", "[UNK]", "b")))
    assert found.encoder.vocabulary.tokens == ("<unk>", "\n", "a", "b")
    assert found.places == (2, 1, 0, 3)
    assert found.unknown == (2,)


def test_a_character_vocabulary_without_either_lacks_both():
    found = renumber(TokenFile(("b", "a")))
    assert found.encoder.vocabulary.tokens == ("<unk>", "\n", "b", "a")
    assert found.places == (NOTHING, NOTHING, 0, 1)
    assert found.unknown == ()


def test_words_of_a_foreign_line_end():
    found = renumber(TokenFile(("", "[UNK]", "the", "<eos>", "New York")))
    assert found.encoder.vocabulary.tokens == ("<unk>", "</s>", "the")
    assert found.places == (1, 3, 2)
    assert found.unknown == (0, 1, 4)  # no text can hold the first and the last


def test_the_tokens_that_are_told_win():
    found = renumber(TokenFile(("x", "y", "z", "\n")), unknown="x", line_end="y")
    assert found.encoder.vocabulary.tokens == ("<unk>", "\n", "z")
    assert (found.places, found.unknown) == ((0, 1, 2), (0, 3))


def test_a_token_that_is_told_must_be_there():
    with pytest.raises(UsageError, match="`line_end` '!' is not in the vocabulary"):
        renumber(TokenFile(("a", "b")), line_end="!")


@pytest.mark.parametrize(
    "special", ["[PAD]", "<pad>", "[UNK]", "[MASK]", "<s>", "</s>", "<|endoftext|>"]
)
def test_bracketed_names_are_no_words(special):
    letters = [chr(number) for number in range(ord("a"), ord("a") + 120)]
    found = renumber(TokenFile((special, *letters)))
    assert found.encoder.vocabulary.level == "char"
    assert len(found.encoder.vocabulary) == 122  # and <unk>, and the line end
    assert 0 in found.unknown


def test_bracketed_names_are_unknown_among_words_too():
    tokens = ("[PAD]", "<unk>", "</s>", "the", "<s>", "<b>", "[1]")
    found = renumber(TokenFile(tokens))
    assert found.encoder.vocabulary.tokens == ("<unk>", "</s>", "the", "<b>", "[1]")
    assert found.unknown == (0, 1, 4)


@given(st.lists(st.text(max_size=3), min_size=1, unique=True))
def test_every_foreign_id_stands_in_one_place(tokens):
    try:
        found = renumber(TokenFile(tuple(tokens)))
    except UsageError:
        return  # no token that a text can hold
    places = [place for place in found.places[1:] if place != NOTHING]
    assert sorted([*places, *found.unknown]) == list(range(len(tokens)))
    ours = found.encoder.vocabulary.tokens[2:]
    assert tuple(tokens[place] for place in found.places[2:]) == ours


def test_the_file_is_json_of_a_keras_tokenizer(tmp_path):
    index = {"the": 1, "cat": 2}  # Keras's Tokenizer leaves 0 to the padding
    (tmp_path / "index.json").write_text(json.dumps(index))
    with pytest.raises(UsageError, match="0 to 1"):
        read_tokens(tmp_path / "index.json")
