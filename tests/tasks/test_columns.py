"""Tagged text: what two columns may look like, and what is refused with its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keraslm.errors import CorpusError
from keraslm.tasks import read_columns, read_parts
from keraslm.text.corpus import open_corpus
from keraslm.text.text import Text

DOG = [("the", "DT"), ("dog", "NN")]
BARK = [("it", "PRP"), ("barks", "VBZ")]


def rows(text):
    read = read_columns(Text.from_string(text, "t"))
    return [
        list(zip(sentence.words, sentence.tags, strict=True))
        for sentence in read.sentences
    ]


@pytest.mark.parametrize(
    "text",
    [
        "the\tDT\ndog\tNN\n\nit\tPRP\nbarks\tVBZ\n\n",
        "the\tDT\ndog\tNN\n\nit\tPRP\nbarks\tVBZ",
        "\n\nthe\tDT\r\ndog\tNN\r\n \r\n\r\nit\tPRP\r\nbarks\tVBZ\r\n\r\n\r\n",
        "# sent_id = 1\nthe\tDT\ndog\tNN\n\n# text\nit\tPRP\nbarks\tVBZ\n",
        "the DT\ndog   NN \n\nit PRP\nbarks VBZ\n",
    ],
)
def test_two_columns(text):
    assert rows(text) == [DOG, BARK]


def test_a_tab_makes_a_word_of_a_sharp_and_of_spaces():
    assert rows("#\t#\nNew York\tNNP\n") == [[("#", "#"), ("New York", "NNP")]]


columns = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1)
sentences = st.lists(st.lists(st.tuples(columns, columns), min_size=1), min_size=1)


@given(sentences)
def test_what_is_written_is_read(written):
    text = "\n\n".join("\n".join("\t".join(row) for row in s) for s in written)
    assert rows(text) == written


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("the\tDT\ndog\n", "line 2.*1 column: 'dog'"),
        ("the\tDT\n\na\tb\tc\n", "line 3.*3 columns.*leave the other columns out"),
        ("the\t\n", "line 1.*an empty column"),
        ("\tDT\n", "line 1.*an empty column"),
        ("the dog barks\n", "line 1.*3 columns"),
        ("\n\n", "no tagged word"),
        ("# a comment\n", "no tagged word"),
    ],
)
def test_what_has_not_two_columns_is_refused(text, said):
    with pytest.raises(CorpusError, match=said) as caught:
        rows(text)
    assert "\n" not in str(caught.value)


def test_a_text_is_cut_between_sentences(tmp_path):
    path = tmp_path / "t.txt"
    path.write_text("".join(f"a\tA\nb{k}\tB\n\n" for k in range(20)))
    parts = read_parts(open_corpus(path, split="80/10/10"), "80/10/10")
    assert [len(part.sentences) for part in parts.values()] == [16, 2, 2]
    assert parts["valid"].sentences[0].words == ("a", "b16")
    assert parts["valid"].sentences[0].lines == (49, 50)  # of the file
    with pytest.raises(CorpusError, match=r"20 sentences or rows.*test would be empty"):
        read_parts(open_corpus(path, split="60/39/1"), "60/39/1")
