"""Units of a network, watched while it reads."""

import dataclasses
import itertools
from typing import Any

import numpy as np
import pandas as pd

from keraslm.cells import registry
from keraslm.errors import UsageError
from keraslm.probes.network import ProbedNetwork
from keraslm.probes.probed import ids_of, inputs_of, network_of, tokens_of
from keraslm.probes.reading import STATES, Array, states_while_reading


@dataclasses.dataclass(frozen=True)
class Activations:
    """What units hold after each token of a text has been read.

    Shapes: values (tokens, units)
    """

    tokens: tuple[str, ...]
    units: tuple[int, ...]
    values: Array

    def table(self) -> pd.DataFrame:
        """Give a row a token, with a column a unit."""
        values = pd.DataFrame(self.values, columns=[f"unit {k}" for k in self.units])
        values.insert(0, "token", self.tokens)
        return values


def activations(
    model: Any,
    text: Any,
    layer: int = 1,
    unit: int | None = None,
    state: str = "h",
) -> Activations:
    """Read a text from the beginning of a line and keep what a layer's units hold.

    `layer` counts from 1 at the bottom; `unit` is one unit, from 0, or without it all
    of them; `state` is h, what a layer shows, or c, the cell of an LSTM. The text may
    be given as ids; `model` is a language model or its Keras model, also an adopted one
    or one of stock layers.

    Raises: UsageError for a model that cannot be probed or has no such unit;
        CorpusError for a text without tokens.
    """
    network, ids = network_of(model), ids_of(model, text)
    check_unit(network, layer, unit, state)
    read = states_while_reading(network, np.append(inputs_of(ids), ids[-1]))
    after_boundary = itertools.islice(read, 2, None)
    values = np.stack([s[layer - 1][STATES.index(state)] for s in after_boundary])
    units = tuple(range(values.shape[1])) if unit is None else (unit,)
    return Activations(tokens_of(model, ids), units, values[:, list(units)])


def check_unit(
    network: ProbedNetwork, layer: int, unit: int | None, state: str = "h"
) -> None:
    """Refuse a layer, unit or state that the network does not have.

    Raises: UsageError
    """
    layers = len(network.layers)
    if not 1 <= layer <= layers:
        raise UsageError(f"layer must lie from 1 to {layers}; received {layer}")
    cell = network.layers[layer - 1].cell
    units, states = cell.units, cell.states
    if unit is not None and not 0 <= unit < units:
        raise UsageError(f"unit must lie from 0 to {units - 1}; received {unit}")
    if state not in states:
        raise UsageError(
            f"state must be {' or '.join(states)} in a model of cell "
            f"{registry.name_of(cell)}; received {state!r}"
        )
