"""The gates of one unit, watched while it reads."""

import dataclasses
from typing import Any

import numpy as np
import pandas as pd

from keraslm.cells import registry
from keraslm.errors import UsageError
from keraslm.probes.probed import ids_of, inputs_of, network_of, tokens_of
from keraslm.probes.reading import STATES, Array, values_while_reading
from keraslm.probes.units import check_unit

CONTENT = "g"  # what is offered to the state: no gate, from -1 to 1
HELPERS = ("tanh_c",)


@dataclasses.dataclass(frozen=True)
class Gates:
    """What one unit computes at each token of a text, as the token is read.

    `values` has a row a name, in the order in which the equations use them: the gates
    (i, f and o of an LSTM, z and r of a GRU, each from 0 to 1), g, the new content,
    and the states c and h.

    Shapes: values (names, tokens)
    """

    tokens: tuple[str, ...]
    names: tuple[str, ...]
    values: Array

    @property
    def gates(self) -> tuple[str, ...]:
        """The names of those that are gates."""
        return tuple(n for n in self.names if n not in (CONTENT, *STATES))

    def table(self) -> pd.DataFrame:
        """Give a row a token, with a column a name."""
        values = pd.DataFrame(self.values.T, columns=list(self.names))
        values.insert(0, "token", self.tokens)
        return values


def gates(model: Any, text: Any, layer: int = 1, unit: int = 0) -> Gates:
    """Read a text from the beginning of a line and keep what one unit computes.

    As `activations`: `layer` counts from 1 at the bottom, `unit` from 0.

    Math:   of an LSTM  c = f * c + i * g,  h = o * tanh(c)
            of a GRU    h = z * h + (1 - z) * g
    Raises: UsageError for a model that cannot be probed, has no such unit, or whose
        cell has no gates; CorpusError for a text without tokens.
    """
    network, ids = network_of(model), ids_of(model, text)
    check_unit(network, layer, unit)
    cell = network.layers[layer - 1].cell
    inputs = np.append(inputs_of(ids), ids[-1])
    # Step t reads token t: the first step reads the boundary.
    read = list(values_while_reading(network, inputs))[1:]
    steps = [of_layers[layer - 1] for of_layers in read]
    found = [name for name in steps[0] if name not in (*STATES, *HELPERS)]
    if not found:
        raise UsageError(f"a cell of {registry.name_of(cell)} has no gates")
    names = [name for name in found if name != CONTENT]
    names += [name for name in (CONTENT, "c", "h") if name in steps[0]]
    values = np.array([[step[name][unit] for step in steps] for name in names])
    return Gates(tokens_of(model, ids), tuple(names), values)
