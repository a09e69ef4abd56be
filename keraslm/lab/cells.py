"""The questions of the view that looks into cells."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from keraslm.answers import inside
from keraslm.answers.reading import Force, Inside, Readings
from keraslm.lab.shelf import Shelf

Asking = dict[str, Any]
ASKED = ("model", "text", "forces")


class Cells:
    """The models of a shelf that have cells, and what they have read last."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self._readings: dict[str, Readings] = {}

    def questions(self) -> list[tuple[str, Callable[..., Any], tuple[str, ...]]]:
        """Give the questions by name, with the fields of their requests."""
        return [
            ("inside", self.inside, (*ASKED, "layer", "what", "selected")),
            ("unit", self.unit, (*ASKED, "layer", "unit", "place")),
            ("intervene", self.intervene, ASKED),
            ("ablate", self.ablate, ("model", "text", "layer", "start", "first")),
        ]

    def inside(self, asked: Asking) -> dict[str, Any]:
        """Give the values of a layer's units, with interventions."""
        given = asked["text"], asked["layer"], asked["what"]
        with self._read(asked) as readings:
            return inside.inside(readings, *given, _forces(asked), asked["selected"])

    def unit(self, asked: Asking) -> dict[str, Any]:
        """Give a unit's equations at a token."""
        given = asked["text"], asked["layer"], asked["unit"], asked["place"]
        with self._read(asked) as readings:
            return inside.unit(readings, *given, _forces(asked))

    def intervene(self, asked: Asking) -> dict[str, Any]:
        """Give the next token's distribution without and with interventions."""
        with self._read(asked) as readings:
            return inside.intervene(readings, asked["text"], _forces(asked))

    def ablate(self, asked: Asking) -> dict[str, Any]:
        """Give what the silence of each unit of a layer changes."""
        given = asked["layer"], asked["start"], asked["first"]
        with self._read(asked) as readings:
            return inside.ablate(readings, asked["text"], *given)

    @contextlib.contextmanager
    def _read(self, asked: Asking) -> Iterator[Readings]:
        shown = self.shelf[asked["model"]]
        with shown.lock:
            if shown.key not in self._readings:
                self._readings[shown.key] = Readings(Inside(shown.asked))
            yield self._readings[shown.key]


def _forces(asked: Asking) -> list[Force]:
    return [Force(**force) for force in asked["forces"]]
