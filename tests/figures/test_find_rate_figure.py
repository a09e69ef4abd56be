"""The picture of a search for the learning rate is drawn whatever its numbers."""

import warnings

import pandas as pd
import pytest

from keraslm.errors import MissingGlyphs, UsageError
from keraslm.figures import find_rate, style
from keraslm.figures.find_rate import draw_find_rate

CURVE = pd.DataFrame(
    {
        "rate": [1e-3, 1e-2, 1e-1, 1.0],
        "loss": [4.0, 3.0, 2.0, 1e30],
        "smoothed": [4.0, 3.5, 3.0, 1e29],
    }
)


@pytest.fixture
def axes(monkeypatch):
    """Keep the axes that are drawn on; few dots make it quick."""
    monkeypatch.setattr(style, "DOTS_PER_INCH", 40)
    kept, new_figure = [], style.new_figure

    def keep():
        figure, axes = new_figure()
        kept.append(axes)
        return figure, axes

    monkeypatch.setattr(find_rate.style, "new_figure", keep)
    return kept


def test_the_suggestion_is_marked_on_the_curve(axes, tmp_path):
    draw_find_rate(CURVE, tmp_path / "a.png", 0.01, 0.1)
    marks = [line.get_xydata().tolist() for line in axes[0].lines[2:]]
    assert marks == [[[0.1, 3.0]], [[0.01, 3.5]]]
    shown = {text.get_text() for text in axes[0].texts}
    assert {"try 0.01", "rises from 0.1"} < shown


def test_a_loss_that_exploded_does_not_flatten_the_curve(axes, tmp_path):
    draw_find_rate(CURVE, tmp_path / "a.png", 0.01, 0.1)
    low, high = axes[0].get_ylim()
    assert low < 3.0 < 4.0 < high < 5.0
    assert axes[0].get_xscale() == "log"


@pytest.mark.parametrize("rows", [1, 2, 4])
def test_any_curve_is_drawn_without_a_warning(axes, tmp_path, rows):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", MissingGlyphs)  # of a machine with few fonts
        draw_find_rate(CURVE[:rows], tmp_path / "a.png", title="红楼梦 $x_1$")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


def test_a_name_of_no_picture_is_refused_before_it_is_drawn(tmp_path):
    with pytest.raises(UsageError, match="ends with"):
        draw_find_rate(CURVE, tmp_path / "a.txt")
