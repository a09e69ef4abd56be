"""The questions of the view that looks inside: into cells, or heads of attention."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from keraslm.answers import heads, inside
from keraslm.answers.heads import Heads
from keraslm.answers.reading import Force, Inside, Readings
from keraslm.errors import UsageError
from keraslm.lab.shelf import Shelf, Shown

Asking = dict[str, Any]
ASKED = ("model", "text", "forces")


class Insides:
    """The models of a shelf that have cells or heads, and what they have read last."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self._opened: dict[str, Readings | Heads] = {}

    def questions(self) -> list[tuple[str, Callable[..., Any], tuple[str, ...]]]:
        """Give the questions by name, with the fields of their requests."""
        return [
            ("inside", self.inside, (*ASKED, "layer", "what", "selected")),
            ("unit", self.unit, (*ASKED, "layer", "unit", "place")),
            ("intervene", self.intervene, ASKED),
            ("ablate", self.ablate, ("model", "text", "layer", "start", "first")),
        ]

    def inside(self, asked: Asking) -> dict[str, Any]:
        """Give the values of a layer's units, or its heads' weights."""
        text, layer, forces = asked["text"], asked["layer"], _forces(asked)
        with self._open(asked) as opened:
            if isinstance(opened, Heads):
                return heads.weights(opened, text, layer, forces)
            given = text, layer, asked["what"], forces, asked["selected"]
            return inside.inside(opened, *given)

    def unit(self, asked: Asking) -> dict[str, Any]:
        """Give a unit's equations at a token."""
        given = asked["text"], asked["layer"], asked["unit"], asked["place"]
        with self._open(asked) as opened:
            if isinstance(opened, Heads):
                raise UsageError("a transformer has no cells, and no equations of one")
            return inside.unit(opened, *given, _forces(asked))

    def intervene(self, asked: Asking) -> dict[str, Any]:
        """Give the next token's distribution without and with interventions."""
        given = asked["text"], _forces(asked)
        with self._open(asked) as opened:
            if isinstance(opened, Heads):
                return heads.intervene(opened, *given)
            return inside.intervene(opened, *given)

    def ablate(self, asked: Asking) -> dict[str, Any]:
        """Give what the silence of each unit of a layer, or of each head, changes."""
        text, start, first = asked["text"], asked["start"], asked["first"]
        with self._open(asked) as opened:
            if isinstance(opened, Heads):
                return heads.ablate(opened, text, start, first)
            return inside.ablate(opened, text, asked["layer"], start, first)

    @contextlib.contextmanager
    def _open(self, asked: Asking) -> Iterator[Readings | Heads]:
        shown = self.shelf[asked["model"]]
        with shown.lock:
            if shown.key not in self._opened:
                self._opened[shown.key] = _opened(shown)
            yield self._opened[shown.key]


def _opened(shown: Shown) -> Readings | Heads:
    if shown.heads is None:
        return Readings(Inside(shown.asked))
    return Heads(shown.asked)


def _forces(asked: Asking) -> list[Force]:
    return [Force(**force) for force in asked["forces"]]
