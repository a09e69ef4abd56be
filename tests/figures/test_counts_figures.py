"""The pictures of counts: a table, and a count model order by order."""

import numpy as np
import pandas as pd
import pytest

from keraslm.counts.by_order import perplexities_by_order, sizes_by_order
from keraslm.counts.model import NgramModel
from keraslm.counts.ngrams import count_ngrams
from keraslm.counts.on_disk.ngrams import count_ngrams_on_disk
from keraslm.errors import UsageError
from keraslm.figures import style
from keraslm.figures.count_model import draw_count_model
from keraslm.figures.counts import draw_count_table, draw_ranks
from keraslm.files.spilled import Workspace
from keraslm.text import Text, TextEncoder, tokenizer_named
from keraslm_datasets import village

SMOOTHINGS = ("modified-kneser-ney", "kneser-ney", "katz", "jelinek-mercer", "additive")


@pytest.fixture
def drawn(monkeypatch):
    """Keep the figures in place of writing them."""
    kept = []
    monkeypatch.setattr(style, "save_figure", lambda figure, path: kept.append(figure))
    return kept


@pytest.fixture(scope="module")
def encoded():
    text = Text.from_string(village.text("train", 3000))
    encoder, ids = TextEncoder.learn(tokenizer_named("word"), text)
    return encoder, ids, encoder.encode(village.text("valid", 500))


def test_sizes_by_hand():
    # a b a b a: a 3 times, b twice; after <s> a, then a b twice, b a twice
    found = sizes_by_order(count_ngrams(np.array([2, 3, 2, 3, 2]), 4, 2))
    assert found == [
        {"order": 1, "ngrams": 2, "once": 0},
        {"order": 2, "ngrams": 3, "once": 1},
    ]


@pytest.mark.parametrize("smoothing", SMOOTHINGS)
@pytest.mark.parametrize("where", ["in memory", "on the disk"])
def test_each_order_is_measured_as_a_model_of_its_own(encoded, smoothing, where):
    encoder, ids, valid = encoded
    size = len(encoder.vocabulary)
    if where == "in memory":
        ngrams = count_ngrams(ids, size, 3)
    else:
        ngrams = count_ngrams_on_disk(ids, size, 3, Workspace(1 << 20))
    found = perplexities_by_order(encoder, ngrams, smoothing, valid)
    for order, perplexity in enumerate(found, start=1):
        model = NgramModel.train(encoder, ids, order, smoothing, valid)
        nats = -model.log_probabilities(valid).mean()
        assert perplexity == pytest.approx(np.exp(nats))
    assert len(found) == 2


@pytest.mark.parametrize("smoothing", SMOOTHINGS)
def test_a_count_model_is_drawn_by_its_orders(drawn, encoded, smoothing):
    encoder, ids, valid = encoded
    ngrams = count_ngrams(ids, len(encoder.vocabulary), 3)
    model = NgramModel.smooth(encoder, ngrams, smoothing, valid)
    rows = sizes_by_order(ngrams)
    for row, perplexity in zip(rows, (120.0, 30.0, 25.5), strict=True):
        row["perplexity"] = perplexity
    draw_count_model(rows, model.smoothing, "a.png")
    panels = drawn[0].axes
    assert len(panels) == (2 if smoothing == "additive" else 3)
    shown = [text.get_text() for text in panels[0].texts + panels[1].texts]
    assert {f"{row['ngrams']:,}" for row in rows} <= {*shown}
    assert {"120.0", "30.00", "25.50"} <= {*shown}


def test_without_validation_text_there_is_no_perplexity(drawn):
    rows = [{"order": 1, "ngrams": 2, "once": 1}]
    draw_count_model(rows, {"name": "witten-bell"}, "a.png")
    assert [axes.get_ylabel() for axes in drawn[0].axes] == ["distinct n-grams"]


@pytest.mark.parametrize("largest", [0, 1, 7, 83_647])
def test_a_table_has_a_key(drawn, largest):
    table = pd.DataFrame([[0, largest]], ["a"], ["a", "b"])
    draw_count_table(table, "a.png", "Counts")
    _, key = drawn[0].axes
    ticks = [label.get_text() for label in key.get_yticklabels()]
    assert ticks[0] == "0"
    assert ticks[-1] == f"{largest:,}"


def test_an_empty_table_is_refused():
    with pytest.raises(UsageError, match="a row and a column"):
        draw_count_table(pd.DataFrame(), "a.png", "Counts")


def test_an_order_without_n_grams_is_left_out(tmp_path):
    draw_ranks([np.array([2, 1]), np.zeros(0, int)], tmp_path / "a.png", "N-grams")
    assert (tmp_path / "a.png").is_file()
