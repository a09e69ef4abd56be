"""A model that one backend trained gives the same nats on every other."""

import json
import math
import pathlib

import pytest

import keraslm
from keraslm.text.corpus import Text

pytestmark = pytest.mark.backends

DATA = pathlib.Path(__file__).parent / "data"
# of data/*.keras; see train_fixture.py
TEXT = Text.from_string("abba cabbed bead\ndeaf baa\nabe cede feed a bad cab\n" * 6)


@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_a_model_trained_elsewhere_measures_the_same(backend):
    model = keraslm.load(DATA / f"{backend}.keras")
    recorded = json.loads((DATA / f"{backend}.json").read_text(encoding="utf-8"))
    nats = model.evaluate(TEXT).nats_per_token
    assert nats == pytest.approx(recorded["nats"], abs=1e-4)
    assert nats < math.log(len(model.vocabulary)) - 0.2  # it was trained
