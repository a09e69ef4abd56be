"""A figure is a picture file with no warning, whatever the numbers and the names."""

import itertools
import math
import pathlib
import struct
import warnings

import numpy as np
import pandas as pd
import pytest

from keraslm.errors import MissingGlyphs, UsageError
from keraslm.figures import style
from keraslm.figures.comparison import Bar, draw_comparison
from keraslm.figures.floor import lines_of
from keraslm.figures.fonts import drawable, families
from keraslm.figures.labels import spread
from keraslm.figures.learning_curve import draw_history
from keraslm.figures.probes import draw_gradient_norms
from keraslm.figures.style import figure_number, shortened
from keraslm.floor import Figures, Floor
from keraslm.probes import GradientNorms


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    """Draw few dots: what is tested does not depend on how many."""
    monkeypatch.setattr(style, "DOTS_PER_INCH", 40)


def history(train, valid=()):
    """Build a history from the perplexities at steps 10, 20, 30 ..."""
    rows = [
        {"step": 10 * i, "seconds": i * 0.5, "split": split, "perplexity": value}
        for split, values in (("train", train), ("valid", valid))
        for i, value in enumerate(values, start=1)
    ]
    columns = ["step", "seconds", "split", "perplexity"]
    return pd.DataFrame(rows, columns=columns)


def floor_at(perplexity):
    """Build a floor: the grammar there, the language's entropy a little above."""
    if perplexity is None:
        return None
    values = (perplexity, perplexity * 1.01)
    return Floor(*(Figures(math.log(p), p, p, 0.5) for p in values))


def size(path: pathlib.Path) -> tuple[int, int]:
    """Read the width and height in a PNG's header."""
    head = path.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", head[16:24])


@pytest.mark.parametrize(
    ("train", "valid", "floor"),
    [
        ([500.0, 90.0, 20.0], [80.0, 30.0, 31.0], 11.0),
        ([20.0], [], None),
        ([], [], None),
        ([math.inf, math.nan, 1e300], [math.inf], 2.0),
        ([1.0], [1.0], 1.0),
    ],
)
def test_any_history_is_drawn(tmp_path, train, valid, floor):
    out = tmp_path / "perplexity.png"
    draw_history(history(train, valid), out, floor=floor_at(floor))
    width, height = size(out)
    assert 1.2 < width / height < 2.6
    assert list(tmp_path.iterdir()) == [out]


def test_names_in_any_script_draw_without_a_warning(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", MissingGlyphs)  # of a machine with few fonts
        draw_history(history([9.0]), tmp_path / "a.png", title="红楼梦 $x_1$ \n\x07🙂")
        bars = [Bar("红楼梦 $\\frac{1$", 3.0, 4.0)]
        draw_comparison(bars, tmp_path / "b.png", title="ابجد")
    assert size(tmp_path / "b.png")


def test_a_character_that_no_font_has_is_said(tmp_path):
    fonts = families()
    title = "\U000e0100 \ue000 猫 a\x07"  # a control character is no font's fault
    missing = [c for c in "猫" if drawable(c) != c]
    if not missing:
        pytest.skip(f"{fonts} draw Chinese")
    with pytest.warns(MissingGlyphs, match=r"a\.png: no installed font draws .u732b"):
        draw_history(history([9.0]), tmp_path / "a.png", title=title)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        draw_history(history([9.0]), tmp_path / "b.png", title="a\x07")
    assert size(tmp_path / "a.png")[1] > size(tmp_path / "b.png")[1]  # a line more


def test_names_that_cannot_be_drawn_stay_different():
    assert drawable("plain é") == "plain é"
    assert drawable("\U0010fffd") != drawable("\U0010fffe")
    assert drawable("a\x07b") == "a\\x07b"


@pytest.mark.parametrize(
    ("models", "floor"),
    [
        ([("lstm", 11.6), ("trigram", 13.1), ("bigram", 19.0)], 11.2),
        ([("lstm", 15.0), ("uniform", 50_000.0)], 8.7),
        ([("unsmoothed", math.inf), ("smoothed", 9.0)], None),
        ([("unsmoothed", math.inf), ("broken", math.nan)], None),
        ([("certain", 1.0)], 1.0),
        ([("some unknown", 160.5, 389.3), ("others", 196.9, math.inf)], None),
        ([(f"a model with a long name, number {i}", 5.0 + i) for i in range(12)], 2.0),
    ],
)
def test_any_comparison_is_drawn(tmp_path, models, floor):
    out = tmp_path / "comparison.png"
    bars = [Bar(*model) for model in models]
    draw_comparison(bars, out, lines_of(floor_at(floor)))
    assert size(out)[0] > 300
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize(
    ("suffix", "start"), [(".svg", b"<?xml"), (".pdf", b"%PDF"), (".PNG", b"\x89PNG")]
)
def test_the_suffix_is_the_format(tmp_path, suffix, start):
    out = tmp_path / f"c{suffix}"
    draw_comparison([Bar("lstm", 4.9)], out)
    assert out.read_bytes().startswith(start)


@pytest.mark.parametrize("name", ["model.keras", "picture", "none/picture.png"])
def test_no_other_file_is_touched(tmp_path, name):
    (tmp_path / "model.keras").write_bytes(b"precious")
    with pytest.raises(UsageError, match="picture"):
        draw_comparison([Bar("lstm", 4.9)], tmp_path / name)
    assert (tmp_path / "model.keras").read_bytes() == b"precious"


def test_labels_lie_apart_and_inside():
    heights = spread([0.01, 0.02, 0.5, 0.99, 1.0], 0.1)
    gaps = [b - a for a, b in itertools.pairwise(heights)]
    assert min(gaps) >= 0.1 - 1e-12
    assert heights[0] >= 0
    assert heights[-1] <= 1
    assert spread([], 0.1) == []


def test_numbers_and_names_are_short():
    assert [figure_number(v) for v in (4.944, 123.45, 12345.6)] == [
        "4.94",
        "123.5",
        "12,346",
    ]
    assert shortened("a" * 50 + "b" * 50, 11) == "aaaaa…bbbbb"
    assert shortened("two\nlines", 20) == "two lines"


def test_a_long_name_in_a_title_is_cut_and_the_sentence_is_not():
    title = "lectures/2026/autumn/translated-pairs.tsv: exact match by length"
    short = "lectures/2026…ed-pairs.tsv: exact match by length"
    assert shortened(title, 50) == short


def norms(joint):
    """Build gradient norms of which only the joint ones are known."""
    joint = np.array(joint)
    return GradientNorms(("layer 1 h",), np.arange(len(joint)), joint[None], joint, 1)


@pytest.mark.parametrize(
    "models",
    [
        [("rnn", norms([1.2, 1e-3, 1e-6])), ("lstm", norms([1.3, 0.4, 0.2, 0.1]))],
        [("vanishes", norms([1.0, 1e-20, 1e-41, 0.0])), ("explodes", norms([1, 1e9]))],
        [("not finite", norms([math.inf, math.nan])), ("红楼梦 $x$", norms([2.0]))],
        [(f"model {i}", norms([1.0, 1.0])) for i in range(8)],
        [],
    ],
)
@pytest.mark.filterwarnings("ignore::keraslm.errors.MissingGlyphs")
def test_any_gradient_norms_are_drawn(tmp_path, models):
    out = tmp_path / "norms.png"
    draw_gradient_norms(models, out)
    width, height = size(out)
    assert 1.2 < width / height < 2.6
    assert list(tmp_path.iterdir()) == [out]
