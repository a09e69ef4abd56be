"""The pictures of translators show the numbers that they are given."""

import numpy as np
import pytest

from keraslm.errors import UsageError
from keraslm.figures import style
from keraslm.figures.accuracy_by_length import (
    accuracy_by_length_figure,
    draw_accuracy_by_length,
)
from keraslm.figures.alignment import alignment_figure
from keraslm.tasks import Pair, TranslationCard
from keraslm.tasks.pair_card import length_table
from keraslm.tasks.pairs import PairedText

SOURCES = ["abc", "abcdefghijklmnop", "abcdefghijklmnop", "a"]
TARGETS = ["x", "y", "z", "w"]


def card(outputs):
    pairs = tuple(map(Pair, SOURCES, TARGETS))
    text = PairedText("four", pairs, "0" * 64)
    tokens = [list(map(list, each)) for each in (SOURCES, TARGETS, outputs)]
    return TranslationCard.of("model", text, *tokens, 1.0)


CARDS = {"none": card(["x", "w", "z", "w"]), "dot": card(["x", "y", "z", "w"])}


def test_a_line_a_model_with_the_share_of_each_length():
    table = length_table(CARDS)
    figure = accuracy_by_length_figure(table, "Lengths", "characters")
    axes = figure.axes[0]
    lines = [c.get_children()[0].get_ydata() for c in axes.containers]
    assert [list(line) for line in lines] == [[1, 1, 0.5], [1, 1, 1]]
    ticks = [label.get_text() for label in axes.get_xticklabels()]
    assert ticks == ["1 to 2\nn = 1", "3 to 4\nn = 1", "15 to 16\nn = 2"]
    told = [text.get_text() for text in axes.texts]
    assert "none, 75.0% of all" in told
    assert "dot, 100.0% of all" in told


def test_it_is_written_as_a_picture(tmp_path, monkeypatch):
    monkeypatch.setattr(style, "DOTS_PER_INCH", 40)
    draw_accuracy_by_length(length_table(CARDS), tmp_path / "lengths.png", "Lengths")
    assert (tmp_path / "lengths.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(UsageError, match="ends with"):
        draw_accuracy_by_length(length_table(CARDS), tmp_path / "lengths.gif", "L")


def test_an_alignment_has_a_row_for_each_token_of_the_target():
    weights = np.array([[0.9, 0.1], [0.2, 0.8], [0.5, 0.5]])
    figure = alignment_figure("ab", ["x", " ", "</s>"], weights, "T", known=[0, None])
    axes = figure.axes[0]
    np.testing.assert_array_equal(axes.images[0].get_array(), weights)
    assert [label.get_text() for label in axes.get_xticklabels()] == ["a", "b"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["x", "␣", "</s>"]
    (frame,) = axes.patches
    assert frame.get_xy() == pytest.approx((-0.42, -0.42))


def test_an_alignment_that_is_too_large_is_refused():
    with pytest.raises(UsageError, match="room for an alignment of 80 tokens"):
        alignment_figure(["a"] * 81, ["x"], np.ones((1, 81)) / 81, "T")
