"""The figures of `keraslm plot` show the numbers that they are given."""

import math
import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from keraslm.errors import UsageError
from keraslm.figures import style
from keraslm.figures.agreement import agreement_figure
from keraslm.figures.attention import attention_figure
from keraslm.figures.contributions import contributions_figure
from keraslm.figures.counts import ranks_figure, ranks_table
from keraslm.figures.curves import curve_of
from keraslm.figures.evolution import (
    evolution_figure,
    evolution_page,
    evolution_table,
)
from keraslm.figures.gates import gates_figure
from keraslm.figures.histories import history_figure, history_table
from keraslm.figures.pages import shaded_page
from keraslm.figures.probes import gradient_norms_figure
from keraslm.figures.saving import save_drawing
from keraslm.figures.shaded_picture import shaded_figure
from keraslm.figures.shaded_text import ShadedText, shown
from keraslm.figures.smoothing import smoothing_figure
from keraslm.figures.vocabulary import vocabulary_figure
from keraslm.probes import AttentionWeights, GradientNorms

HOSTILE = ["<script>alert(1)</script>", "\u202eabc", "\x1b[2J", "&amp;", '"x', "\n", ""]


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(style, "DOTS_PER_INCH", 40)


def history(rows, split="train"):
    columns = ["step", "perplexity", "tokens"]
    table = pd.DataFrame(rows, columns=columns).astype(float)
    return table.assign(split=split, seconds=table["step"] / 10)


def points(figure):
    """Give the data of each line of the first axes."""
    lines = figure.axes[0].get_lines()
    return [np.column_stack(line.get_data()).tolist() for line in lines]


def test_rows_of_few_steps_are_merged_by_their_steps():
    e = math.e
    rows = [(50, e**2, 1), (88, e, 1), (100, e**3, 1), (150, e, 1), (154, e**9, 1)]
    curve = curve_of(history(rows), "train")
    assert curve["step"].tolist() == [50, 100, 154]
    # (38 * 1 + 12 * 3) / 50 = 1.48; a rest of 4 steps joins the 50 before it
    nats = [2, 1.48, (50 * 1 + 4 * 9) / 54]
    assert np.log(curve["perplexity"]).tolist() == pytest.approx(nats)


def test_validation_rows_are_left_as_they_are():
    rows = history([(10, 5, 0), (11, 4, 0), (30, math.inf, 0)], "valid")
    assert curve_of(rows, "valid")["perplexity"].tolist() == [5, 4]


@pytest.mark.parametrize(
    ("x", "places"), [("steps", [10, 20]), ("seconds", [1, 2]), ("tokens", [640, 1280])]
)
def test_a_line_a_run_against_what_was_asked(x, places):
    one = history([(10, 9.0, 640), (20, 4.0, 640)])
    two = history([(10, 8.0, 640), (20, 5.0, 640)])
    table = history_table([("one", one), ("two", two)], x, "train")
    figure = history_figure(table, split="train")
    assert isinstance(figure, Figure)
    drawn = points(figure)
    assert drawn[0] == [[places[0], 9], [places[1], 4]]
    assert drawn[2] == [[places[0], 8], [places[1], 5]]
    assert drawn[1] == [[places[1], 4]]  # the ring at the best


def test_an_old_history_has_no_tokens():
    old = history([(10, 9.0, 1)]).drop(columns="tokens")
    with pytest.raises(UsageError, match="does not say how many tokens"):
        history_table([("old", old)], "tokens", "train")


def shaded(tokens, values, level="word"):
    table = pd.DataFrame({"token": tokens, "bits": np.array(values, float)})
    return ShadedText("<b>title", "on\u202e this", table, "bits", "bits", level)


@pytest.mark.parametrize("level", ["word", "char"])
def test_a_page_escapes_whatever_a_text_holds(level):
    text = shaded(HOSTILE, [1, -2, 3, math.inf, math.nan, 0, -math.inf], level)
    page = shaded_page(text)
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "&amp;amp;" in page
    assert "\u202e" not in page
    assert r"\u202e" in page
    assert "\x1b" not in page
    assert not re.search(r"(src|href)=|url\(|@import|http:|https:", page)
    assert "default-src 'none'" in page


def test_a_sign_is_seen_without_colour():
    text = shaded(["a", "b", "c"], [2.0, -1.0, -0.001])
    assert shaded_page(text).count('class="less">b<') == 1
    assert 'class="less">c<' not in shaded_page(text)  # it is written 0.0
    underlined = len(shaded_figure(text).axes[0].get_lines())
    assert underlined == 1 + 4  # b, and the key's numbers below zero
    assert text.shade(2.0) != text.shade(-2.0)


def test_shades_grow_with_the_number():
    text = shaded(["a", "b", "c"], [0, 1, 4])
    green = [int(text.shade(value)[3:5], 16) for value in text.values]
    assert green[0] == 255 > green[1] > green[2]
    assert text.shade(math.inf) == text.shade(4)


@pytest.mark.parametrize(
    ("token", "seen"),
    [("\n", "↵"), (" ", "␣"), ("a\u200db", "a\u200db"), ("\u2066", r"\u2066")],
)
def test_tokens_are_seen(token, seen):
    assert shown(token) == seen


@pytest.mark.filterwarnings("ignore::keraslm.errors.MissingGlyphs")
@pytest.mark.parametrize("name", ["t.png", "t.svg", "t.pdf", "t.html"])
def test_hostile_texts_are_drawn_in_every_format(tmp_path, name):
    text = shaded([*HOSTILE, "红", "w" * 200], [1, -2, 3, math.inf, 4, 0, -1, 1, 1])
    path = tmp_path / name
    save_drawing(path, lambda: shaded_figure(text), lambda: shaded_page(text))
    assert path.stat().st_size > 500


def test_a_figure_becomes_a_page_that_loads_nothing(tmp_path):
    path = tmp_path / "page.html"
    table = ranks_table([np.array([3, 2, 1])])
    save_drawing(path, lambda: ranks_figure(table, "<i>"))
    page = path.read_text(encoding="utf-8")
    assert "<svg" in page
    assert "<i>" not in page
    assert not re.search(r'(?:src|href)="(?!#)', page)


def test_no_other_file_is_written(tmp_path):
    with pytest.raises(UsageError, match=r"ends with .png, .svg, .pdf, .html"):
        save_drawing(tmp_path / "a.txt", Figure)
    assert list(tmp_path.iterdir()) == []


def test_ranks_are_of_the_counts():
    table = ranks_table([np.array([0, 5, 9, 1]), np.array([2, 2])])
    assert table["count"].tolist() == [9, 5, 1, 2, 2]
    drawn = points(ranks_figure(table, "t"))
    assert drawn[:2] == [[[1, 9], [2, 5], [3, 1]], [[1, 2], [2, 2]]]


def test_gradient_norms_are_lines():
    norms = GradientNorms(("h",), np.arange(2), np.ones((1, 2)), np.array([2, 0.5]), 1)
    assert points(gradient_norms_figure([("rnn", norms)])) == [[[0, 2], [1, 0.5]]]


def test_gates_are_filled_as_far_as_they_are_open():
    names = ["i", "f", "o", "g", "c", "h"]
    table = pd.DataFrame([[0.25, 1, 0, -1, 2, 0.5]], columns=names)
    table.insert(0, "token", ["\u202e"])
    above, below = gates_figure(table, "t").axes
    heights = [patch.get_height() for patch in above.patches[::2]]
    assert heights == pytest.approx([0.8 * 0.25, 0.8, 0])
    drawn = [line.get_ydata().tolist() for line in below.get_lines()[1:]]
    assert drawn == [[-1], [2], [0.5]]


def test_each_head_has_a_square_of_its_weights_the_lowest_layer_last():
    values = np.tril(np.arange(36.0).reshape(2, 2, 3, 3) / 36)
    attention = AttentionWeights(("</s>", *HOSTILE[:2]), values, (1, 2), (0, 1))
    figure = attention_figure(attention, "t")
    panels = {axes.get_title(): axes for axes in figure.axes if axes.images}
    assert list(panels) == [f"layer {n}, head {h}" for n in (2, 1) for h in (0, 1)]
    shades = panels["layer 1, head 1"].images[0].get_array()
    assert shades.mask.tolist() == np.triu(np.ones((3, 3), bool), 1).tolist()
    assert shades[2].tolist() == values[0, 1, 2].tolist()
    names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert names[0] == "start"
    assert names[2] == "\\u202eabc"


@pytest.mark.parametrize(
    ("shape", "words"), [((1, 1, 61, 61), "61: give a shorter"), ((9, 8, 2, 2), "72")]
)
def test_more_attention_than_a_picture_holds_is_refused(shape, words):
    attention = AttentionWeights(("a",) * shape[2], np.zeros(shape), (1,), (0,))
    with pytest.raises(UsageError, match=words):
        attention_figure(attention, "t")


def test_contributions_are_an_image_of_the_norms():
    norms = pd.DataFrame([[0.0, 0.0], [1.0, 10.0]])
    (image,) = contributions_figure(norms, ["a", "b"], "t").axes[0].images
    shades = image.get_array()
    assert shades.mask.tolist() == [[True, True], [False, False]]
    assert shades[1].tolist() == [1, 10]


def test_each_smoothing_has_a_panel_with_its_bars():
    table = pd.DataFrame(
        {"count": [3.0, 0.0], "mle": [1.0, 0.0], "katz": [0.75, 0.25]},
        index=["a", "the other 9 tokens"],
    )
    panels = smoothing_figure(table, "t").axes
    assert len(panels) == 3
    assert [bar.get_width() for bar in panels[2].patches] == [0.75, 0.25]


def test_a_vocabulary_s_lines_are_its_columns():
    columns = ["vocabulary", "unknown", "perplexity", "bits", "without spelling"]
    table = pd.DataFrame([[10, 0.5, 3, 6.0, 1.0], [90, 0.1, 9, 2.0, 1.5]])
    table.columns = columns
    drawn = points(vocabulary_figure(table, "t"))
    assert drawn == [[[10, 6], [90, 2]], [[10, 1], [90, 1.5]]]


def test_agreement_has_a_point_a_group_with_verbs():
    rows = [("m", "attractors", "0", 8, 0.75, 0.4, 0.9)]
    rows += [("m", "attractors", "1", 0, math.nan, math.nan, math.nan)]
    columns = ["model", "by", "group", "n", "accuracy", "low", "high"]
    figure = agreement_figure(pd.DataFrame(rows, columns=columns), "t")
    assert [[0, 0.75]] in points(figure)
    names = [label.get_text() for label in figure.axes[0].get_xticklabels()]
    assert names == ["0\nn = 8", "1\nnone"]


SAMPLES = "--- step 0, epoch 0\nab <b>\n\n--- step 9, epoch 1\n\u202ec\nd\n\n"


def test_samples_are_read_in_order_of_steps():
    rows = history([(9, 5.5, 0)], "valid")
    table = evolution_table(SAMPLES, rows)
    assert table["step"].tolist() == [0, 9]
    assert table["sample"].tolist() == ["ab <b>", "\u202ec\nd"]
    assert table["perplexity"].tolist()[1] == 5.5
    assert isinstance(evolution_figure(table, "t"), Figure)
    page = evolution_page(table, "t")
    assert "ab &lt;b&gt;" in page
    assert "\u202e" not in page
    assert "\\u202ec\nd" in page
    with pytest.raises(UsageError, match="no sample"):
        evolution_table("nothing here")
