"""What goes on in the cells of a model as it reads a text, and what if it did not.

Tokens are counted from 0, which is the line boundary before the text; layers from 1 at
the bottom, units from 0.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from keraslm.answers.ablation import ablations
from keraslm.answers.equations import unit_at
from keraslm.answers.intervention import TOP, before_and_after
from keraslm.answers.ranges import on_exactly
from keraslm.answers.reading import Force, Inside, Readings
from keraslm.cells import registry
from keraslm.errors import UsageError

SHOWN = 160  # tokens of a text whose values are shown
SECONDS = 0.15  # after which an answer is given with what it has


def layers(opened: Inside) -> list[dict[str, Any]]:
    """Describe each layer: its cell, how many units, the names of their values."""
    described = zip(opened.network.cells, opened.names, strict=True)
    return [
        {
            "cell": registry.name_of(cell),
            "units": cell.units,
            "values": list(names.ranges),
        }
        for cell, names in described
    ]


def inside(
    readings: Readings,
    text: str,
    layer: int = 1,
    what: str = "h",
    forces: Sequence[Force] = (),
    selected: tuple[int, int] | None = None,
) -> dict[str, Any]:
    """Give the values of a layer: a row a unit, a value a token.

    Of a long text, the last tokens are shown; `skipped` counts those before them. With
    tokens selected, the units that are on exactly there.

    Raises: UsageError if there is no such layer or value.
    """
    opened = readings.inside
    _check(opened, layer, what)
    ids = opened.ids(text)
    steps = readings.read(ids, forces)
    skipped = max(len(ids) - SHOWN, 0)
    values = np.stack([step.layers[layer - 1][what] for step in steps[skipped:]])
    told: dict[str, Any] = {
        "tokens": [opened.asked.vocabulary.token(i) for i in ids[skipped:]],
        "skipped": skipped,
        "values": np.round(values.T.astype(np.float64), 4).tolist(),
        "range": opened.names[layer - 1].ranges[what],
        "fitting": [opened.fits(force) for force in forces],
        "unknown": opened.asked.encoder.unknown_tokens(text),
        "selected": None,
    }
    if selected is not None:
        first, last = (min(max(n - skipped, 0), len(values) - 1) for n in selected)
        told["selected"] = on_exactly(values, first, last)
    return told


def unit(
    readings: Readings,
    text: str,
    layer: int,
    number: int,
    place: int | None = None,
    forces: Sequence[Force] = (),
) -> dict[str, Any]:
    """Give the equations of a unit at a token, the last one unless given.

    Raises: UsageError if there is no such layer or unit.
    """
    opened = readings.inside
    _check(opened, layer, "h", number)
    ids = opened.ids(text)
    place = len(ids) - 1 if place is None else min(place, len(ids) - 1)
    told = unit_at(opened, ids, readings.read(ids, forces), layer, number, place)
    forced = [
        force.what
        for force in forces
        if (force.layer, force.unit) == (layer, number)
        and place >= force.start + (force.value is None)
    ]
    token = opened.asked.vocabulary.token(ids[place])
    return {"token": token, "place": place, "forced": forced, **told}


def intervene(
    readings: Readings, text: str, forces: Sequence[Force], top: int = TOP
) -> dict[str, Any]:
    """Give the next token's distribution without and with interventions.

    See `before_and_after`.
    """
    opened = readings.inside
    ids = opened.ids(text)
    before, after = (
        opened.logits(ids, readings.read(ids, given)[-1].shown)
        for given in ((), forces)
    )
    told = before_and_after(opened.asked, ids, before, after, top)
    return {**told, "fitting": [opened.fits(force) for force in forces]}


def ablate(
    readings: Readings,
    text: str,
    layer: int,
    start: int | None = None,
    first: int = 0,
    seconds: float | None = SECONDS,
) -> dict[str, Any]:
    """Give what each unit's silence changes: h = 0 at the last token, or from one on.

    `bits` has the units from `first` on; the `missing` last ones were not reached in
    the time. There are no other interventions. Units: bits, KL(before || after)

    Raises: UsageError if there is no such layer.
    """
    opened = readings.inside
    _check(opened, layer, "h")
    ids = opened.ids(text)
    start = len(ids) - 1 if start is None else min(start, len(ids) - 1)
    bits = ablations(opened, ids, readings.read(ids), layer, start, first, seconds)
    units = opened.network.cells[layer - 1].units
    return {
        "start": start,
        "first": first,
        "bits": bits.tolist(),
        "missing": max(units - first - len(bits), 0),
    }


def _check(opened: Inside, layer: int, what: str, number: int = 0) -> None:
    number_of_layers = len(opened.names)
    if not 1 <= layer <= number_of_layers:
        raise UsageError(
            f"`layer` must lie from 1 to {number_of_layers}; received {layer}"
        )
    known = opened.names[layer - 1].ranges
    if what not in known:
        raise UsageError(f"`what` must be one of {', '.join(known)}; received {what!r}")
    units = opened.network.cells[layer - 1].units
    if not 0 <= number < units:
        raise UsageError(f"`unit` must lie from 0 to {units - 1}; received {number}")
