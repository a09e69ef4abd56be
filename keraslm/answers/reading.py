"""What the units of a recurrent network hold as it reads, also if some are forced."""

import dataclasses
import math
import re
from collections.abc import Mapping, Sequence

import numpy as np

from keraslm.answers.forcing import Names, Put, Step, names_of, values_of_step
from keraslm.answers.pairs import common
from keraslm.answers.place import Asked
from keraslm.errors import UsageError
from keraslm.inference.language_model import NetworkLanguageModel
from keraslm.inference.network import Array
from keraslm.inference.output import shifted
from keraslm.inference.recurrent import RecurrentNetwork
from keraslm.text.vocabulary import Vocabulary

HOLD = "hold"  # the word for the value that the unit has
_DIGITS = r"[0-9]{1,6}"
_FORM = re.compile(
    rf"(?P<l>{_DIGITS})[.](?P<name>\w+)[.](?P<u>{_DIGITS})=(?P<value>[^@]+)"
    rf"(@(?P<start>{_DIGITS}))?"
)


@dataclasses.dataclass(frozen=True)
class Force:
    """One value of one unit, held from a token on.

    `layer` counts from 1 at the bottom, `unit` from 0; `start` counts the tokens read,
    of which number 0 is the line boundary before the text. The value None is the one
    that the unit has at `start`: it is frozen there.
    """

    layer: int
    what: str
    unit: int
    value: float | None
    start: int = 0

    @classmethod
    def parse(cls, text: str) -> "Force":
        """Read LAYER.NAME.UNIT=VALUE, or LAYER.NAME.UNIT=VALUE@START.

        "1.h.12=0" is unit 12 of layer 1 without its h; "2.f.3=hold@4" freezes a gate at
        what it is at token 4.
        Raises: UsageError
        """
        found = _FORM.fullmatch(text)
        value = math.nan if found is None else _value(found["value"])
        if found is None or (value is not None and not math.isfinite(value)):
            raise UsageError(
                "an intervention is LAYER.NAME.UNIT=VALUE, and perhaps @TOKEN, as in "
                f"1.h.12=0 or 2.f.3=hold@4; received {text!r}"
            )
        layer, unit, start = (int(found[name] or 0) for name in ("l", "u", "start"))
        return cls(layer, found["name"], unit, value, start)


def _value(given: str) -> float | None:
    try:
        return None if given == HOLD else float(given)
    except ValueError:
        return math.nan


class Inside:
    """A recurrent network, opened to be looked into.

    Raises: UsageError for a model without cells on NumPy.
    """

    def __init__(self, asked: Asked) -> None:
        self.asked, self.network = asked, network_of(asked)
        self.names: list[Names] = [
            names_of(cell, weights)
            for cell, weights in zip(
                self.network.cells, self.network.cell_weights, strict=True
            )
        ]

    def ids(self, text: str) -> list[int]:
        """Give the ids that are read: the line boundary, and those of the text."""
        return [Vocabulary.boundary_id, *self.asked.encoder.encode_prompt(text)]

    def vectors(self, ids: Sequence[int], start: int = 0) -> Array:
        """Give what the first layer reads of each of the ids from one on.

        Shapes: (ids,) -> (ids - start, width)
        """
        return self.network.vectors(np.asarray(ids), Vocabulary.boundary_id, start)

    def fits(self, force: Force) -> bool:
        """Tell whether the network has what is forced."""
        if not 1 <= force.layer <= len(self.names):
            return False
        units = self.network.cells[force.layer - 1].units
        known = self.names[force.layer - 1]
        return known.can_force(force.what) and 0 <= force.unit < units

    def read(
        self,
        ids: Sequence[int],
        forces: Sequence[Force] = (),
        steps: Sequence[Step] = (),
    ) -> list[Step]:
        """Give the step of every token; `steps` are those of the first ones, if known.

        A force that the network does not have is left out.
        """
        forces = [force for force in forces if self.fits(force)]
        read = list(steps)
        for number, x in enumerate(self.vectors(ids, len(read)), start=len(read)):
            before = read[-1] if read else None
            puts = _puts(forces, number, read)
            step = values_of_step(self.network, x, before, puts, self.names)
            read.append(step)
        return read

    def logits(self, ids: Sequence[int], shown: Array) -> Array:
        """Give the scores of the next token after the ids, whose last step shows this.

        Shapes: shown (units,) or (rows, units) -> (.., vocabulary)
        """
        network = self.network
        if network.features is None:
            return network.output.logits(shown)
        seen = network.features.initial_ids(Vocabulary.boundary_id, ())
        for token in ids[:-1]:
            seen = shifted(seen, token)
        scores, _ = network.features.push(ids[-1], seen)
        scores = np.broadcast_to(scores, (*shown.shape[:-1], scores.shape[-1]))
        return network.output.logits(shown, scores)


def network_of(asked: Asked) -> RecurrentNetwork:
    """Give a model's network of cells.

    Raises: UsageError if it has none that is kept on NumPy.
    """
    model = asked.model
    network = model.network if isinstance(model, NetworkLanguageModel) else None
    if isinstance(network, RecurrentNetwork):
        return network
    raise UsageError(
        f"{model.name} has no cells to look into; choose a model of cell rnn, gru or "
        "lstm that keraslm trained"
    )


def _puts(
    forces: Sequence[Force], number: int, read: Sequence[Step]
) -> Mapping[int, Sequence[Put]]:
    """Give what is forced at a token, by layers from 0."""
    puts: dict[int, list[Put]] = {}
    for force in forces:
        value = force.value
        if value is None and number > force.start:
            held = read[force.start].layers[force.layer - 1]
            value = float(held[force.what][force.unit])
        if value is not None and number >= force.start:
            put = Put(force.what, force.unit, value)
            puts.setdefault(force.layer - 1, []).append(put)
    return puts


class Readings:
    """The steps of the text read last; another is read from where it differs."""

    def __init__(self, inside: Inside) -> None:
        self.inside = inside
        self._ids: list[int] = []
        self._steps: list[Step] = []

    def read(self, ids: list[int], forces: Sequence[Force] = ()) -> list[Step]:
        """Read with the interventions; what comes before them is not read again."""
        alike, _ = common(ids, self._ids)
        self._steps = self.inside.read(ids, steps=self._steps[:alike])
        self._ids = ids
        fitting = [force.start for force in forces if self.inside.fits(force)]
        if not fitting:
            return self._steps
        return self.inside.read(ids, forces, self._steps[: min(fitting)])
