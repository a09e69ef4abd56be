"""What the view that looks into cells may ask."""

import json

import pytest

from keraslm.errors import UsageError
from keraslm.lab.requests import FORCES, parsed

FORCE = {"layer": 1, "what": "f", "unit": 3, "value": 1, "start": 2}


def asked(**given):
    return parsed(json.dumps(given).encode(), ("forces", "selected"))


def test_interventions_and_a_range_are_taken_as_they_are():
    frozen = {**FORCE, "value": None}
    assert asked(forces=[FORCE, frozen])["forces"] == [FORCE, frozen]
    assert asked(selected=[2, 5])["selected"] == [2, 5]
    assert asked() == {"forces": [], "selected": None}


@pytest.mark.parametrize(
    "forces",
    [
        FORCE,
        ["f"],
        [FORCE] * (FORCES + 1),
        [{**FORCE, "layer": 0}],
        [{**FORCE, "unit": -1}],
        [{**FORCE, "unit": 1.5}],
        [{**FORCE, "value": "1"}],
        [{**FORCE, "value": 1e9}],
        [{**FORCE, "value": True}],
        [{**FORCE, "more": 1}],
        [{k: v for k, v in FORCE.items() if k != "start"}],
    ],
)
def test_other_interventions_are_refused_in_one_line(forces):
    with pytest.raises(UsageError, match="forces must be a list of up to 16"):
        asked(forces=forces)


@pytest.mark.parametrize("selected", [[5, 2], [1], [1, 2, 3], "1-2", [0.5, 2]])
def test_other_ranges_are_refused_in_one_line(selected):
    with pytest.raises(UsageError, match="selected must be two numbers"):
        asked(selected=selected)
