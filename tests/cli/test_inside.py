"""keraslm inside: the numbers of the lab's view of cells."""

import numpy as np
import pytest

from keraslm.answers import inside
from keraslm.answers.place import Asked
from keraslm.answers.reading import Force, Inside, Readings
from keraslm.cells import LSTM
from keraslm.inference.language_model import NetworkLanguageModel
from keraslm.inference.output import FullOutput
from keraslm.inference.recurrent import RecurrentNetwork
from keraslm.text.encoder import TextEncoder
from keraslm.text.text import Text

ENCODER = TextEncoder.fit(Text.from_string("the dog barks\na cat sleeps"), level="word")


@pytest.fixture
def model(monkeypatch):
    """An LSTM of three units, with weights drawn at random; it is opened as "net"."""
    rng, cell, size = np.random.default_rng(0), LSTM(3), len(ENCODER.vocabulary)

    def draw(*shape):
        return rng.normal(0, 0.7, shape).astype(np.float32)

    weights = [[draw(*w.shape) for w in cell.weights(2)]]
    output = FullOutput(draw(3, size), draw(size))
    network = RecurrentNetwork(draw(size, 2), [cell], weights, output, False, None)
    model = NetworkLanguageModel(network, ENCODER, "some", {}, (1, 0), None)
    monkeypatch.setattr("keraslm_cli.models.open_model", lambda path: model)
    return model


def test_as_json_it_has_the_numbers_of_the_lab(keraslm_json, model):
    given = ("--value", "c", "--set", "1.f.2=hold@1", "--set", "1.h.0=0.5")
    found = keraslm_json("inside", "net", "the dog", *given, "--silent-from", 1)
    readings = Readings(Inside(Asked(model)))
    forces = [Force(1, "f", 2, None, 1), Force(1, "h", 0, 0.5, 0)]
    assert found["inside"] == inside.inside(readings, "the dog", 1, "c", forces)
    assert found["next"] == inside.intervene(readings, "the dog", forces)
    assert found["silent"] == inside.ablate(readings, "the dog", 1, 1)


def test_the_tokens_before_and_after_and_the_units_by_their_silence(keraslm, model):
    shown = keraslm("inside", "net", "the dog", "--set", "1.h.0=1@2", "--top", 2)
    rows = [line.split() for line in shown.stdout.splitlines()]
    before = model.next_token_probabilities("the dog")
    best = ENCODER.vocabulary.token(int(before.argmax()))
    found = {row[0]: row[1] for row in rows if len(row) == 3}
    assert rows[1] == ["token", "before", "after"]
    assert found[best] == f"{before.max():.4f}"
    (heading,) = (k for k, row in enumerate(rows) if row == ["unit", "bits"])
    readings = Readings(Inside(Asked(model)))
    bits = inside.ablate(readings, "the dog", 1)["bits"]
    assert rows[heading + 1][0] == str(int(np.argmax(bits)))
    plain = keraslm("inside", "net", "the dog").stdout.splitlines()
    assert plain[1].split() == ["token", "probability"]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (["--set", "1.h.9=0"], "some has nothing that --set 1.h.9=0 could hold"),
        (["--set", "h.1=0"], "as in 1.h.12=0 or 2.f.3=hold@4; received 'h.1=0'"),
        (["--set", "1.h.1=nan"], "received '1.h.1=nan'"),
        (["--layer", 2], "must lie from 1 to 1; received 2"),
        (["--value", "q"], "must be one of"),
    ],
)
def test_what_is_not_there_is_one_line(keraslm, model, given, why):
    found = keraslm("inside", "net", "the dog", *given)
    assert found.exit_code == 2
    assert why in found.stderr
    assert len(found.stderr.splitlines()) == 1
