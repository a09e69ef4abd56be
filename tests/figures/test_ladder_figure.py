"""The ladder's picture has numbers at its axes, however near its rungs are."""

import itertools

import pytest

from keraslm.figures import style
from keraslm.figures.ladder import Point, draw_ladder
from keraslm.floor import Figures, Floor

FLOOR = Floor(Figures(1.98, 7.25, 7.25, 0.63), Figures(1.99, 7.29, 7.29, 0.64))


def numbers(axis):
    """The numbers that are written within what an axis shows."""
    low, high = axis.get_view_interval()
    places = [p for p in axis.get_majorticklocs() if low <= p <= high]
    return [axis.get_major_formatter()(place, 0) for place in places]


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ((1.2, 8), {"2", "4", "6", "8"}),
        ((12, 14), {"13"}),
        ((0.5, 40), {"1", "2", "5", "10", "20"}),
        ((0.005, 2000), {"0.01", "0.1", "1", "10", "100", "1,000"}),
    ],
)
def test_an_axis_has_plain_numbers_few_and_not_none(
    tmp_path, monkeypatch, values, shown
):
    drawn = []
    monkeypatch.setattr(style, "save_figure", lambda figure, _: drawn.append(figure))
    points = [Point("a", "counts", value, 10**6, value, value) for value in values]
    draw_ladder(points, tmp_path / "ladder.png")
    found = numbers(drawn[0].axes[0].yaxis)
    assert shown <= {*found}
    for axis in (drawn[0].axes[0].xaxis, drawn[0].axes[0].yaxis):
        assert 1 <= len(numbers(axis)) <= 12
        assert not len(axis.get_minorticklocs())


def texts_of(figure):
    """The texts that are written, each with its box."""
    renderer = figure.canvas.get_renderer()
    written = [text for text in figure.axes[0].texts if text.get_text()]
    return {t.get_text(): t.get_window_extent(renderer) for t in written}


POINTS = [
    Point("uniform", "counts", 0.1, 0, 581.0, 581.0),
    Point("trigram, Katz", "counts", 0.5, 10**6, 16.95, 40.0),
    Point("5-gram", "counts", 0.6, 5 * 10**6, 15.5, 40.0),
    *[
        Point(
            f"network {n}", "network", 25 + n / 9, 10**6 + n, 10 + n / 50, 40.0, n > 6
        )
        for n in range(9)
    ],
]


@pytest.mark.parametrize("against", ["seconds", "bytes"])
def test_every_point_has_its_name_and_no_name_is_over_another(
    tmp_path, monkeypatch, against
):
    drawn = []
    monkeypatch.setattr(style, "save_figure", lambda figure, _: drawn.append(figure))
    draw_ladder(POINTS, tmp_path / "ladder.png", against, FLOOR)
    boxes = texts_of(drawn[0])
    for point in POINTS:
        found = [text for text in boxes if text.startswith(point.name + " ")]
        assert len(found) == (against == "seconds" or point.size > 0)
    assert any("16.95 (40.00)" in text for text in boxes)  # of known and of all tokens
    assert sum("hardly trained" in text for text in boxes) == 2
    assert {"grammar, same text 7.25", "entropy of the language 7.29"} <= boxes.keys()
    pairs = itertools.combinations(boxes.items(), 2)
    assert [(a, b) for (a, one), (b, two) in pairs if one.overlaps(two)] == []
