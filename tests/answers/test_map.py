"""Tokens are placed by the principal components of their vectors."""

import numpy as np
import pytest

import keraslm
from keraslm.answers.map import token_map
from keraslm.answers.place import Asked
from keraslm.counts.model import NgramModel
from keraslm.inference.token_vectors import vectors_of
from keraslm.text.text import Text

TEXT = "the dog barks\nthe cat sleeps\na dog sleeps\n"


@pytest.fixture
def model(tmp_path):
    tokens = keraslm.TextEncoder.fit(Text.from_string(TEXT), level="word")
    keraslm.models.gru(tokens, embedding=4, units=3).save(tmp_path / "gru.keras")
    return keraslm.load(tmp_path / "gru.keras")


def test_points_are_the_first_two_coordinates_after_rotation(model):
    found = token_map(Asked(model), "a cat", number=3)
    tokens = [p["token"] for p in found["points"]]
    assert set(tokens) == {*model.vocabulary.tokens[2:5], "a", "cat"}
    assert {p["token"] for p in found["points"] if p["own"]} == {"a", "cat"}
    vectors = vectors_of(model)
    rows = vectors.directions[[vectors.row(token) for token in tokens]]
    points = np.array([[p["x"], p["y"]] for p in found["points"]])
    centred = rows - rows.mean(axis=0)
    variances = np.linalg.eigvalsh(centred.T @ centred)[::-1]
    assert (points**2).sum(axis=0) == pytest.approx(variances[:2], rel=1e-4)
    assert found["shares"] == pytest.approx(variances[:2] / variances.sum(), rel=1e-4)


def test_counts_have_no_map(model):
    ids = model.encoder.encode(TEXT)
    counts = NgramModel.train(model.encoder, ids, 2)
    assert token_map(Asked(counts))["points"] == []
