"""The encoding that is advised for text that is not UTF-8."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keraslm.errors import CorpusError
from keraslm.text.corpus import open_text
from keraslm.text.decoding import likely_encoding


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("für alle\n", "latin-1"),
        ("“für alle” – 5 €\n", "cp1252"),  # 93, 94, 96 and 80: controls in latin-1
        ("Œuvre\n", "cp1252"),
        ("über Öl\n", "cp850"),  # 81 is no letter in cp1252
        ("春眠不觉晓\n处处闻啼鸟\n", "gb18030"),
    ],
)
def test_the_encoding_that_the_bytes_tell_is_advised(tmp_path, text, encoding):
    path = tmp_path / "text.txt"
    path.write_bytes(text.encode(encoding))
    with pytest.raises(CorpusError, match=f"for example `encoding='{encoding}'`$"):
        list(open_text(path).chunks())
    assert "".join(open_text(path, encoding).chunks()) == text


@given(st.binary(min_size=1))
def test_what_is_advised_reads_the_bytes_or_nothing_does(data):
    encoding = likely_encoding(data + b"abc" * len(data))
    (data + b"abc").decode(encoding)  # no byte is in the way
