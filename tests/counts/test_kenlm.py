"""Held to KenLM (kpu/kenlm at 4cb443e): what `lmplz --discount_fallback` wrote.

village.txt is 120 sentences of village; characters.txt its first 40, a character a
word and "▁" a space. The pruned model is that of `--prune 0 0 1 2`.
"""

import math
import pathlib

import numpy as np
import pytest

import keraslm
from keraslm.counts.model import NgramModel
from keraslm.text.corpus import open_text
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import tokenizer_named

DATA = pathlib.Path(__file__).parent / "data"
CASES = [
    ("village.txt", "village.order3.arpa", 3, ()),
    ("village.txt", "village.order4.pruned.arpa", 4, (0, 0, 1, 2)),
    ("characters.txt", "characters.order3.arpa", 3, ()),
]
DISCOUNTS = [
    (0.485095, 1.24938, 2.20801),
    (0.790349, 1.45428, 1.58282),
    (0.897906, 1.41291, 1.5211),
]
PERPLEXITIES = [
    ("village.order3.arpa", 3, (), 54.255476634654656, 35.97218626806245),
    (
        "village.order4.pruned.arpa",
        4,
        (0, 0, 1, 2),
        56.95985387837298,
        38.10212254446483,
    ),
]


def trained(text, order, prune=()):
    encoder, ids = TextEncoder.learn(tokenizer_named("word"), open_text(DATA / text))
    return NgramModel.train(encoder, ids, order, prune=prune)


def entries(path):
    rows = [line.split("\t") for line in path.read_text("utf-8").split("\n")]
    return {
        row[1]: (float(row[0]), float(row[2]) if len(row) > 2 else None)
        for row in rows
        if len(row) > 1
    }


@pytest.mark.parametrize(("text", "arpa", "order", "prune"), CASES)
def test_every_probability_and_weight_is_kenlms(tmp_path, text, arpa, order, prune):
    trained(text, order, prune).write_arpa(tmp_path / "ours.arpa")
    ours, kenlms = entries(tmp_path / "ours.arpa"), entries(DATA / arpa)
    assert ours.keys() == kenlms.keys()
    for gram in kenlms.keys() - {"<s>"}:  # 0 for KenLM, -99 for SRILM: never asked
        assert ours[gram][0] == pytest.approx(kenlms[gram][0], abs=1e-6)
        if kenlms[gram][1] is not None:
            assert ours[gram][1] == pytest.approx(kenlms[gram][1], abs=1e-6)


def test_the_discounts_are_kenlms():
    found = trained("village.txt", 3).smoothing["discounts"]
    for ours, kenlms in zip(found, DISCOUNTS, strict=True):
        assert ours == pytest.approx(kenlms, abs=1e-5)


@pytest.mark.parametrize(
    ("arpa", "order", "prune", "with_oov", "without_oov"), PERPLEXITIES
)
def test_the_perplexity_is_kenlms(arpa, order, prune, with_oov, without_oov):
    text = open_text(DATA / "village.test.txt")
    for model in (trained("village.txt", order, prune), keraslm.load(DATA / arpa)):
        card = model.evaluate(text)
        assert card.perplexity == pytest.approx(with_oov, rel=1e-6)
        assert card.perplexity_without_oov == pytest.approx(without_oov, rel=1e-6)


def test_too_few_rare_ngrams_are_said_and_get_kenlms_fallback():
    model = trained("characters.txt", 3)
    assert model.smoothing["discounts"][0] == [0.5, 1.0, 1.5]
    assert "order 1 has too few rare n-grams" in model.smoothing["notes"][0]


@pytest.mark.parametrize(("text", "arpa", "order", "prune"), CASES)
def test_an_arpa_file_is_the_model_that_wrote_it(tmp_path, text, arpa, order, prune):
    model = trained(text, order, prune)
    model.write_arpa(tmp_path / "ours.arpa")
    again = keraslm.load(tmp_path / "ours.arpa")
    assert again.size_per_order() == model.size_per_order()
    text = open_text(DATA / text)
    assert again.perplexity("".join(text.chunks())) == pytest.approx(
        model.perplexity("".join(text.chunks())), rel=1e-7
    )
    assert np.exp(again.stream().next_log_probabilities()).sum() == pytest.approx(1)
    assert math.isfinite(again.score("the dog").log_probability)
