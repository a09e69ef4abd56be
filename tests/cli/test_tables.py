"""A table fits its terminal, and a number in it is whole or visibly left out."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from keraslm_cli.fitting import fitting, shortened, width, wrapped
from keraslm_cli.tables import Table
from keraslm_cli.visible import LINES, visible, visible_json

WIDTHS = (40, 60, 70, 80, 200)
GERMAN = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamter"
HEADINGS = ("model", "parameters", "perplexity", "seconds", "tokens/s")
RIGHT = (1, 2, 3, 4)
LEAVE = ("tokens/s", "seconds", "parameters")
MODELS = Table(
    HEADINGS,
    [
        (f"lstm ({GERMAN}/a)", "83,647", "107.7012", "44.0", "1,804"),
        (f"lstm ({GERMAN}/b)", "1,183,647", "98.3021", "51.2", "1,911"),
        ("春眠不觉晓处处闻啼鸟", "123", "infinite", "0.1", "83,647"),
    ],
    RIGHT,
    LEAVE,
)


def text(table, columns):
    return "\n".join(line.text for line in table.lines(columns))


def numbers(shown):
    return set(re.findall(r"\d[\d,.]*", shown))


@pytest.mark.parametrize("columns", WIDTHS)
def test_no_line_is_wider_than_the_terminal(columns):
    assert max(map(cell_len, text(MODELS, columns).split("\n"))) <= columns


def test_where_there_is_room_everything_is_shown():
    shown = text(MODELS, 200)
    assert all(cell in shown for row in MODELS.rows for cell in row)
    assert "left out" not in shown


def test_a_pipe_is_as_wide_as_the_table():
    assert text(MODELS, None).split("\n")[1].split() == [
        "lstm",
        f"({GERMAN}/a)",
        "83,647",
        "107.7012",
        "44.0",
        "1,804",
    ]


def test_columns_leave_in_the_order_that_is_stated():
    # names 20, then 2 + 10, 2 + 10, 2 + 7, 2 + 8: 63 columns for all
    assert "left out" not in text(MODELS, 63)
    assert "left out at 60 columns: tokens/s\n" in text(MODELS, 60) + "\n"
    assert "left out at 45 columns: tokens/s, seconds" in text(MODELS, 45)
    assert numbers(text(MODELS, 60)).isdisjoint({"1,804", "1,911"})


def test_models_whose_names_are_shortened_can_be_told_apart():
    names = [line.split("  ")[0] for line in text(MODELS, 40).split("\n")[2:5]]
    assert len(set(names)) == 3
    assert ["…" in name for name in names] == [True, True, False]


def test_a_row_becomes_a_block_where_nothing_else_fits():
    table = Table(("word", "count"), [("Haus", "83,647"), ("Maus", "12")], (1,))
    # side by side it takes 4 + 2 + 6 = 12 columns; a label and a number 5 + 2 + 6
    assert text(table, 12) == ("word   count\n────────────\nHaus  83,647\nMaus      12")
    assert text(table, 11).split("\n") == [
        "word   Haus",
        "count",
        "  83,647",
        "",
        "word   Maus",
        "count  12",
    ]


def test_a_number_that_has_no_room_at_all_is_left_out_and_seen_to_be():
    table = Table(("n",), [("1,234,567",)], (0,))
    assert text(table, 8).split("\n")[-1].strip() == "…"


def test_a_sentence_is_wrapped_and_none_of_its_numbers_is_broken():
    table = Table(("what", "how"), [("text", "89,857 characters, 1,234,567,890 bytes")])
    shown = text(table, 30)
    assert {"89,857", "1,234,567,890"} <= numbers(shown)


def test_the_rows_at_the_foot_stand_apart():
    table = Table(("a", "b"), [("x", "1"), ("sum", "1")], (1,), foot=1)
    assert text(table, 80).split("\n") == [
        "a    b",
        "──────",
        "x    1",
        "──────",
        "sum  1",
    ]


cell = st.text(max_size=30)
figure = st.integers(0, 10**15).map("{:,}".format) | st.just("infinite")


@st.composite
def tables(draw):
    """Draw tables of numbers, names and sentences, with columns that may leave."""
    number = draw(st.integers(1, 6))
    right = sorted(draw(st.sets(st.integers(0, number - 1))))
    headings = [f"{draw(st.sampled_from('abc'))}{i}" for i in range(number)]
    rows = draw(
        st.lists(
            st.tuples(*(figure if i in right else cell for i in range(number))),
            max_size=4,
        )
    )
    leave = draw(st.lists(st.sampled_from(headings), unique=True))
    return Table(headings, rows, right, leave, foot=draw(st.integers(0, 1)))


@given(tables(), st.integers(4, 120))
def test_whatever_is_in_a_table_it_fits(table, columns):
    for line in text(table, columns).split("\n"):
        assert cell_len(line) <= columns
        assert visible(line) == line


@given(
    st.integers(1, 6).flatmap(
        lambda n: st.lists(st.tuples(*[figure] * n), min_size=1, max_size=4)
    ),
    st.integers(4, 120),
)
def test_a_number_that_is_printed_was_given(rows, columns):
    """Every column holds numbers, so that every digit shown belongs to one of them."""
    headings = "abcdef"[: len(rows[0])]
    table = Table(headings, rows, range(len(headings)), headings[:0:-1])
    shown, _, gone = text(table, columns).partition("\nleft")
    found = re.findall(r"[\d,]+|infinite|…", shown)
    told = {each for row in rows for each in row}
    assert set(found) <= {*told, "…"}
    if not gone:  # each has its place, or an ellipsis there
        assert len(found) == len(rows) * len(headings)


@given(st.text(), st.integers(1, 40))
def test_a_shortened_text_fits_and_shows_it(text, columns):
    short = shortened(text, columns)
    assert width(short) <= columns
    assert short == text or "…" in short


@given(st.text(), st.integers(2, 40))
def test_wrapping_loses_nothing_but_spaces(text, columns):
    lines = wrapped(text, columns)
    assert all(width(line) <= columns for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_the_first_parts_of_a_progress_line_have_the_room():
    said = ["12%", "3:20 left", "valid perplexity 107.70", "step 1,234", "epoch 2"]
    # 3 + 2 + 9 = 14; with the perplexity 39
    assert fitting(said, 39) == "12%, 3:20 left, valid perplexity 107.70"
    assert fitting(said, 38) == "12%, 3:20 left, step 1,234, epoch 2"
    assert fitting(said, 200).endswith("epoch 2")


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[31mred", r"\x1b[31mred"),
        ("\x9b2J", r"\x9b2J"),
        ("a\u202eb", r"a\u202eb"),
        ("a\u2066b\u2069", r"a\u2066b\u2069"),
        ("a\u200bb\ufeff", r"a\u200bb\ufeff"),
        ("a\nb\tc\r", r"a\nb\tc\r"),
        ("\udcff", r"\udcff"),
        ("\U000e0041", r"\U000e0041"),
        ("naïve 春 שלום e\u0301", "naïve 春 שלום e\u0301"),
        ("\u0646\u200c\u0647", "\u0646\u200c\u0647"),  # Persian needs its joiner
    ],
)
def test_what_hides_or_steers_is_written_out(hostile, shown):
    assert visible(hostile) == shown


@given(st.text())
def test_text_with_lines_keeps_them(text):
    kept = visible(text, LINES)
    assert kept.count("\n") == text.count("\n")
    assert not set(kept) & {"\x1b", "\x07", "\r", "\x9b", "\u202e"}


@given(st.text(st.characters(codec="utf-8")))
def test_json_stays_the_same_json(text):
    import json

    shown = visible_json(json.dumps([text], ensure_ascii=False, indent=2))
    assert json.loads(shown) == [text]
    assert visible(shown, LINES) == shown
