"""A file of every version of the format is kept, and opens as it did."""

import json
import pathlib

import numpy as np
import pytest

import keraslm
from keraslm.archive import FORMAT_VERSION

FIXTURES = pathlib.Path(__file__).parent / "fixtures"
FILES = sorted(FIXTURES.glob("version-*/*.keras"))


@pytest.mark.parametrize(
    "path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_a_model_of_any_version_predicts_what_it_did(path):
    scores = json.loads((path.parent / "scores.json").read_text(encoding="utf-8"))
    found = keraslm.load(path).score(scores["text"]).log_probabilities
    expected = scores["log_probabilities"][path.stem]
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_every_version_is_kept():
    kept = {path.parent.name for path in FILES}
    assert kept == {f"version-{n}" for n in range(1, FORMAT_VERSION + 1)}
    assert all(path.stat().st_size < 50_000 for path in FILES)
