"""The map of words is drawn whatever the words, its names apart."""

import itertools
import warnings

import numpy as np
import pytest
from matplotlib.text import Text

from keraslm.errors import MissingGlyphs, UsageError
from keraslm.figures import style
from keraslm.figures.scatter_labels import beyond, label_points, overlap
from keraslm.figures.vectors import draw_vectors
from keraslm.vectors.word_vectors import WordVectors


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(style, "DOTS_PER_INCH", 40)


@pytest.mark.parametrize("words", [["a", "b"], ["红楼梦", "$x_1$", "\n", "b" * 99]])
def test_any_words_are_drawn_without_a_warning(tmp_path, words):
    matrix = np.random.default_rng(0).normal(size=(len(words), 5))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", MissingGlyphs)  # of a machine with few fonts
        draw_vectors(WordVectors(words, matrix), words, tmp_path / "v.png")
    assert (tmp_path / "v.png").read_bytes().startswith(b"\x89PNG")


def test_equal_vectors_are_drawn(tmp_path):
    words = ["a", "b", "c"]
    draw_vectors(WordVectors(words, np.ones((3, 4))), words, tmp_path / "v.png")
    assert (tmp_path / "v.png").is_file()


def test_a_picture_has_room_for_some_hundred_words(tmp_path):
    words = [str(i) for i in range(301)]
    with pytest.raises(UsageError, match="room for 300 words; received 301"):
        draw_vectors(WordVectors(words, np.eye(301)), words, tmp_path / "v.png")


def test_the_names_of_crowded_points_do_not_overlap():
    figure, axes = style.new_figure()
    points = np.random.default_rng(1).normal(size=(12, 2)) / 30
    axes.plot(*points.T, "o")
    axes.set_xlim(-1, 1)
    axes.set_ylim(-1, 1)
    label_points(axes, points, [f"word {i}" for i in range(12)])
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    drawn = [Text.get_window_extent(text, renderer) for text in axes.texts]
    assert len(drawn) == 12
    pairs = itertools.combinations(drawn, 2)
    assert not any(one.overlaps(other) for one, other in pairs)


@pytest.mark.parametrize("number", [1, 26, 60])
def test_no_name_stands_over_the_heading(monkeypatch, tmp_path, number):
    """The words lie at the edges, where there is least room."""
    kept = []
    monkeypatch.setattr(style, "save_figure", lambda figure, path: kept.append(figure))
    angles = np.linspace(0, 2 * np.pi, number + 2)[:-1]
    words = [f"Schifffahrt {i}" for i in range(number + 1)]
    matrix = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    draw_vectors(WordVectors(words, matrix), words, tmp_path / "v.png")
    (axes,) = kept[0].axes
    kept[0].canvas.draw()
    renderer, frame = kept[0].canvas.get_renderer(), axes.bbox
    names = [text for text in axes.texts if text.get_text() in words]
    assert len(names) == number + 1
    for name in names:
        box = Text.get_window_extent(name, renderer)
        assert frame.y0 <= box.y0
        assert box.y1 <= frame.y1
        assert frame.x0 <= box.x0
        assert box.x1 <= frame.x1


def test_the_area_outside_of_a_frame():
    # 2 x 2 around (0, 0), of which the quarter x > 0, y > 0 lies in the frame, and none
    boxes = np.array([[0.0, 0.0, 1.0, 1.0], [9.0, 9.0, 1.0, 1.0], [2.0, 2.0, 1.0, 1.0]])
    frame = np.array([[0.0, 0.0], [4.0, 4.0]])
    assert beyond(boxes, frame).tolist() == [3, 4, 0]


def test_the_area_that_boxes_share():
    # 2 x 2 around (0, 0), and 2 x 4 around (1, 2): x from 0 to 1, y from 0 to 1
    boxes = np.array([[0.0, 0.0, 1.0, 1.0], [9.0, 9.0, 1.0, 1.0]])
    assert overlap(boxes, np.array([[1.0, 2.0, 1.0, 2.0]])).tolist() == [[1], [0]]
