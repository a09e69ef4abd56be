"""ARPA files as KenLM, SRILM, IRSTLM and people write them: all are the same model.

Held to the kenlm module 0.3.0, which reads these files and gives the same numbers.
"""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import keraslm

# P(a) = 10^-0.5, P(b | a) = 10^-0.1, b(a) = 10^-0.2
GOOD = """\
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
TEXT = "a b b z\n"
# <s> a; a b; b(b) P(b); b(b) P(<unk>); b(<unk>) P(</s>)
LOG10 = [-0.2, -0.1, -0.4 - 0.9, -0.4 - 1.5, -0.7]


@pytest.fixture
def load(tmp_path):
    def load(text, **how):
        path = tmp_path / "model.arpa"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return keraslm.load(path, **how)

    return load


def log10(model, text=TEXT):
    return (model.score(text).log_probabilities / math.log(10)).tolist()


DIALECTS = {
    "KenLM": ("", ""),
    "comments": ("\\data\\", "# estimated on a text\n#\n\n\\data\\"),
    "a byte order mark": ("\\data\\", "\ufeff\\data\\"),
    "IRSTLM, no empty line before a section": ("\n\n\\2-grams:", "\n\\2-grams:"),
    "no empty line before the end": ("\n\n\\end\\", "\n\\end\\"),
    "no empty line before the first section": ("\n\n\\1-grams:", "\n\\1-grams:"),
    "empty lines": ("\n\n", "\n\n \n\t\n\n"),
    "empty lines in a section": ("-0.1\ta b\n", "\n-0.1\ta b\n\n"),
    "Windows": ("\n", "\r\n"),
    "the end without a newline": ("\\end\\\n", "\\end\\"),
    "<UNK>": ("<unk>", "<UNK>"),
    "a back-off of 0 in the highest order": ("a b\n", "a b\t0\n"),
    "the same of all": ("-0.3\tb </s>\n", "-0.3\tb </s>\t0.0\n"),
    "spaces": ("\t", "   "),
    "spaces at the end": ("\n", " \t\n"),
    "IRSTLM's counts": ("ngram 1=5\nngram 2=3", "ngram  1=         5\nngram  2= 3"),
    "scientific": ("-0.2\t<s>", "-2.0E-01\t<s>"),
    "six places": ("-0.5\ta\t-0.2", "-0.500000\ta\t-0.200000"),
    "unsorted": ("-0.2\t<s> a\n-0.1\ta b\n", "-0.1\ta b\n-0.2\t<s> a\n"),
    "n-grams across lines": (
        "ngram 2=3\n",
        "ngram 2=5\n",
        "-0.1\ta b\n",
        "-0.1\ta b\n-1\t</s> <s>\n-1\ta <s>\n",
    ),
}


@pytest.mark.parametrize("name", DIALECTS)
def test_what_others_write_is_the_same_model(load, name):
    text, changes = GOOD, DIALECTS[name]
    for old, new in zip(changes[::2], changes[1::2], strict=True):
        assert old in text
        text = text.replace(old, new)
    assert log10(load(text)) == pytest.approx(LOG10)


def test_a_history_without_a_weight_has_the_logarithm_of_1(load):
    # as for KenLM: b(b) = 10^0, so b b costs P(b) and b z costs P(<unk>)
    model = load(GOOD.replace("-0.9\tb\t-0.4", "-0.9\tb"))
    assert log10(model) == pytest.approx([-0.2, -0.1, -0.9, -1.5, -0.7])


def test_a_word_that_never_occurs_has_the_probability_0(load):
    # -99 is SRILM's logarithm of 0, and of nothing else: b(b) 10^-100 is not 0
    never = load(GOOD.replace("-1.5\t<unk>", "-99.0\t<unk>"))
    assert log10(never)[3] == -math.inf
    hardly = load(GOOD.replace("-1.5\t<unk>", "-100\t<unk>"))
    assert log10(hardly)[3] == pytest.approx(-100.4)


def test_without_an_unknown_word_it_is_kenlms_and_said(load):
    # SRILM without -unk; KenLM takes 10^-100 for it
    model = load(GOOD.replace("ngram 1=5", "ngram 1=4").replace("-1.5\t<unk>\n", ""))
    assert log10(model)[:3] == pytest.approx(LOG10[:3])
    assert log10(model)[3:] == pytest.approx([-0.4 - 100, -0.7])
    assert model.hints == ["it has no <unk>, of which log10 P is taken for -100"]
    assert not load(GOOD).hints


def test_a_word_in_capitals_beside_the_unknown_word_is_a_word(load):
    both = GOOD.replace("\ta", "\t<UNK>").replace(" a\n", " <UNK>\n")
    assert log10(load(both), TEXT.replace("a", "<UNK>")) == pytest.approx(LOG10)


def test_a_vertical_tab_may_stand_in_a_word(load):
    # KenLM's white space is the space, the tab and the ends of lines
    model = load(GOOD.replace("\tb", "\tb\vb").replace(" b\n", " b\vb\n"))
    assert model.vocabulary.tokens == ("<unk>", "</s>", "a", "b\vb")


def test_an_empty_highest_order_is_read(load):
    # SRILM writes the section of an order without n-grams, too
    more = GOOD.replace("ngram 2=3\n", "ngram 2=3\nngram 3=0\n")
    model = load(more.replace("\\end\\", "\\3-grams:\n\n\\end\\"))
    assert log10(model) == pytest.approx(LOG10)


blanks = st.lists(st.sampled_from(["", " ", "\t", "\r"]), max_size=3)


@given(st.data())
def test_white_space_and_the_order_of_rows_do_not_matter(tmp_path_factory, data):
    head, *sections, end = GOOD.strip().split("\n\n")
    lines = data.draw(st.lists(st.sampled_from(["", "# a", "#"]), max_size=3))
    lines += head.split("\n")
    for section in sections:
        keyword, *rows = section.split("\n")
        lines += [*data.draw(blanks), keyword]
        for row in data.draw(st.permutations(rows)):
            space = data.draw(st.sampled_from([" ", "\t", " \t "]))
            lines += [*data.draw(blanks), row.replace("\t", space)]
    lines += [*data.draw(blanks), end, *data.draw(blanks)]
    path = tmp_path_factory.mktemp("arpa") / "model.arpa"
    path.write_bytes(data.draw(st.sampled_from(["\n", "\r\n"])).join(lines).encode())
    assert log10(keraslm.load(path)) == pytest.approx(LOG10)
