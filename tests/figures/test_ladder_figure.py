"""The ladder's picture has numbers at its axes, however near its rungs are."""

import pytest

from keraslm.figures import style
from keraslm.figures.ladder import Point, draw_ladder


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
    points = [Point("a", "counts", value, 10**6, value) for value in values]
    draw_ladder(points, tmp_path / "ladder.png")
    for axis in (drawn[0].axes[0].xaxis, drawn[0].axes[0].yaxis):
        found = numbers(axis)
        assert shown <= {*found}
        assert len(found) <= 9
        assert not len(axis.get_minorticklocs())
