import pandas as pd
import pytest


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("a b a b\na c\n")
    return str(path)


def test_the_tables_are_printed(keraslm, text):
    lines = keraslm("counts", text, "--words", "a,b,</s>").output.splitlines()
    assert lines[0].split() == ["history", "a", "b", "</s>"]
    assert lines[1].split() == ["a", "0", "2", "0"]
    assert lines[2].split() == ["b", "1", "0", "1"]
    assert lines[-1].split() == ["2", "8", "6", "4", "2", "0", "0"]


def test_a_table_without_histories_is_a_sentence(keraslm, text):
    lines = keraslm(
        "counts", text, "--order", "4", "--words", "a,c"
    ).output.splitlines()
    assert lines[0] == "No 3 of these words follow each other in the text."
    assert lines[2].split()[:2] == ["order", "ngrams"]


def test_a_table_can_be_written_and_drawn(keraslm, text, tmp_path):
    csv, heatmap, zipf = (str(tmp_path / n) for n in ("t.csv", "h.png", "z.svg"))
    keraslm("counts", text, "--csv", csv, "--heatmap", heatmap, "--zipf", zipf)
    table = pd.read_csv(csv, index_col="history")
    assert table.loc["a", "b"] == 2
    assert (tmp_path / "h.png").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in (tmp_path / "z.svg").read_text()


def test_json_holds_both_tables(keraslm_json, text):
    found = keraslm_json("counts", text, "--words", "a,b")
    assert found["table"]["data"] == [[0, 2], [1, 0]]
    assert found["sizes"]["2"]["distinct"] == 6


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--words", "a,zebra"], "which has no 'zebra'"),
        (["--order", "0"], "not in the range"),
        (["--csv", "nowhere/t.csv"], "there is no folder 'nowhere'"),
        (["--zipf", "z.txt"], "a picture's name ends with"),
        (["--level", "char", "--tokenize"], "needs --level word"),
    ],
)
def test_a_mistake_is_one_line(keraslm, refused, text, options, reason):
    refused(keraslm("counts", text, *options), 2, reason)
