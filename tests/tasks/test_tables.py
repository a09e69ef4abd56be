"""Tables of texts and labels: CSV and TSV as others write them, good and broken."""

import pytest

from keraslm.errors import CorpusError
from keraslm.tasks import read_table, read_tables
from keraslm.text.corpus import open_corpus
from keraslm.text.text import Text


def rows(text):
    return [(*t.words, t.label) for t in read_table(Text.from_string(text, "t")).texts]


@pytest.mark.parametrize(
    "text",
    [
        "text\tlabel\nso good !\tpos\nbad\tneg\n",
        "text,label\nso good !,pos\nbad,neg",
        "label,id,text\r\npos,1,so  good !\r\nneg,2,bad\r\n",
        'label,text\npos,"so good !"\nneg,"bad"\n',
        "Text , LABEL\nso good !,pos\nbad,neg\n",
        "text\tlabel\n\nso good !\tpos\n\nbad\tneg\n\n",
    ],
)
def test_tables_that_say_the_same(text):
    assert rows(text) == [("so", "good", "!", "pos"), ("bad", "neg")]


def test_quotes_are_text_in_a_tsv_and_nothing_is_taken_for_missing():
    assert rows('text\tlabel\n" NA\tnull\n') == [('"', "NA", "null")]
    assert rows('text,label\n"yes, indeed",NA\n') == [("yes,", "indeed", "NA")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("text,sentiment\na,b\n", "no column 'label'.*it names text, sentiment"),
        ("text;label\na;b\n", "no column 'text'.*a comma or a tab.*names text;label"),
        ("text,label,text\na,x,b\n", "two columns 'text'"),
        ('text,label\n"a,x\nb,y\n', "line 2: this is no CSV.*a quote too many"),
        ("good\tpos\nbad\tneg\n", "no column 'text'"),
        ("text,label\n", "no row"),
        ("text,label\na,x\n,y\n", "line 3: the text is empty"),
        ("text,label\na,x\nb,\n", "line 3: the label is empty"),
        ("text,label\na,x\nb\n", "line 3: 1 column, where the header has 2"),
        ("text,label\na,x,y,z\n", "line 2: 4 columns"),
        ('text,label\na,x\n"b,y\n', "line 3: this is no CSV"),
        ("text,label\na,x\nb,c,d\n", "line 3: 3 columns"),
    ],
)
def test_what_is_no_table_of_texts_and_labels_is_refused(text, said):
    with pytest.raises(CorpusError, match=said) as caught:
        rows(text)
    assert "\n" not in str(caught.value)


def test_one_table_is_cut_between_rows(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("text,label\n" + "".join(f"w{k},{k % 2}\n" for k in range(10)))
    parts = read_tables(open_corpus(path, split="80/10/10"), "80/10/10")
    assert [len(part.texts) for part in parts.values()] == [8, 1, 1]
    assert parts["test"].texts[0].words == ("w9",)
