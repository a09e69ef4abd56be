"""NFC is that of Python, and takes no longer for a text of marks alone."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keraslm.text.encoder import TextEncoder
from keraslm.text.normalisation import LONG, nfc
from keraslm.text.tokenizer import tokenizer_named

GRAVE, ACUTE, DOT = "\u0316", "\u0301", "\u0323"  # of classes 220, 230 and 220
# Letters that take marks, that hold one, and of two characters; marks that are two.
LETTERS = [
    "a",
    "e",
    "\u1ef1",
    "\u00e9",
    "\uac00",
    "\u1100",
    "\u1161",
    "\u0915",
    " ",
    "",
]
MARKS = [
    *(GRAVE, ACUTE, DOT, "\u031b", "\u0327", "\u0345", "\u3099", "\u05b0", "\u09be"),
    *("\u0340", "\u0343", "\u0344", "\u0f71", "\u0f73", "\u0f75", "\u0f81"),
]
runs = st.lists(
    st.tuples(
        st.sampled_from(LETTERS),
        st.lists(st.sampled_from(MARKS), min_size=1, max_size=3),
        st.integers(0, 2 * LONG),
    ),
    max_size=4,
)


@given(runs, st.text())
def test_it_is_the_nfc_of_python(runs, rest):
    text = "".join(letter + "".join(m) * times for letter, m, times in runs) + rest
    assert nfc(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("times", range(LONG // 2 - 2, LONG // 2 + 3))
@pytest.mark.parametrize("before", ["", "x", "x" * 7, "x" * 15])
def test_a_run_is_found_wherever_it_stands(before, times):
    text = before + "a" + (ACUTE + GRAVE) * times + "b"
    # the marks below come first; the first accent above is the letter's own
    right = before + "á" + GRAVE * times + ACUTE * (times - 1) + "b"
    assert nfc(text) == right


@pytest.mark.parametrize("pair", [ACUTE + GRAVE, "\u0f73", "\u0344" + DOT])
def test_half_a_million_pairs_are_read_in_seconds_and_come_back(pair):
    # Putting them in order by insertion would move 500,000^2 / 2 marks: minutes.
    text = "a" + pair * 500_000 + "\n"
    began = time.monotonic()
    encoder, ids = TextEncoder.learn(tokenizer_named("char"), text)
    seconds = time.monotonic() - began
    assert encoder.decode(ids) == nfc(text)
    assert seconds < 40


def test_a_prompt_of_marks_is_read_in_seconds():
    began = time.monotonic()
    tokens = tokenizer_named("char").prompt_tokens("a" + (ACUTE + GRAVE) * 500_000)
    assert tokens[:2] == ["á", GRAVE]
    assert len(tokens) == 1_000_000  # of 1,000,001 characters the first two are one
    assert time.monotonic() - began < 40
