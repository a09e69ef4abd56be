"""One token in, the next one's logits out: the model without its loop over time.

Math:   logits_t, s_t = step(x_t, s_{t-1}),   s_0 the state before a text
"""

import dataclasses
from typing import Any

import numpy as np
from keras import ops

from keraslm.cells import stack
from keraslm.kernels.gates import OPS
from keraslm.models.causal import CausalModel
from keraslm.models.recurrent import RecurrentModel


@dataclasses.dataclass(frozen=True)
class State:
    """A state (batch, width), the same number everywhere before a text."""

    name: str
    width: int
    dtype: str
    initial: float

    @property
    def next_name(self) -> str:
        """The name of the state after the step."""
        return f"next_{self.name}"


def states_of(model: CausalModel) -> list[State]:
    """Describe the states: h_1, c_1, h_2, .. of the layers, or the previous ids."""
    first = [np.asarray(ops.convert_to_numpy(s)) for s in model.initial_states(1)]
    return [
        State(name, state.shape[1], str(state.dtype), state.flat[0].item())
        for name, state in zip(_names(model), first, strict=True)
    ]


def _names(model: CausalModel) -> list[str]:
    if not isinstance(model, RecurrentModel):
        return ["previous"] * len(model.initial_states(1))
    return [
        f"{letter}_{number}"
        for number, layer in enumerate(model.recurrent, start=1)
        for letter in layer.cell.states
    ]


def step(model: CausalModel, ids: Any, states: list[Any]) -> tuple[Any, list[Any]]:
    """Read one token of each row.

    Shapes: ids (batch,) -> logits (batch, vocabulary), next states
    """
    if isinstance(model, RecurrentModel):
        return _recurrent_step(model, ids, states)
    logits, after = model.step(ids[:, None], states)  # (batch, 1, vocabulary)
    return logits[:, 0], after


def _recurrent_step(
    model: RecurrentModel, ids: Any, states: list[Any]
) -> tuple[Any, list[Any]]:
    cells = [layer.cell for layer in model.recurrent]
    before = [model.states_of(number, states) for number in range(len(cells))]
    weights = [
        [ops.convert_to_tensor(weight) for weight in layer.cell_weights]
        for layer in model.recurrent
    ]
    given = (cells, model.embed(ids), before, weights)
    hidden, after = stack.step(*given, model.residual, OPS)
    return model.logits(hidden), [state for layer in after for state in layer]
