"""One token in, the next one's logits out: the model without its loop over time.

Math:   logits_t, s_t = step(x_t, s_{t-1}),   s_0 the state before a text
"""

import dataclasses
from typing import Any

import numpy as np
from keras import ops

from keraslm.kernels.gates import OPS
from keraslm.layers import Recurrent
from keraslm.models.architecture import kind_of
from keraslm.models.causal import CausalModel

CACHE = ("keys", "values", "seen")  # the state of a block of a transformer


@dataclasses.dataclass(frozen=True)
class State:
    """A state (batch, *shape), the same number everywhere before a text."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    initial: float

    @property
    def next_name(self) -> str:
        """The name of the state after the step."""
        return f"next_{self.name}"


def states_of(model: CausalModel) -> list[State]:
    """Describe the states: h_1, c_1, h_2, .. of the layers, or the previous ids.

    Of a transformer keys_1, values_1, seen_1, keys_2, ..; seen says which there are.
    """
    first = [np.asarray(ops.convert_to_numpy(s)) for s in model.initial_states(1)]
    return [
        State(name, state.shape[1:], str(state.dtype), state.flat[0].item())
        for name, state in zip(_names(model), first, strict=True)
    ]


def _names(model: CausalModel) -> list[str]:
    kind, number = kind_of(model), len(model.initial_states(1))
    if kind == "transformer":
        blocks = range(1, number // len(CACHE) + 1)
        return [f"{name}_{block}" for block in blocks for name in CACHE]
    if kind != "recurrent":
        return ["previous"] * number
    return [
        f"{letter}_{number}"
        for number, layer in enumerate(model.recurrent, start=1)  # type: ignore[attr-defined]
        for letter in layer.cell.states
    ]


def step(model: Any, ids: Any, states: list[Any]) -> tuple[Any, list[Any]]:
    """Read one token of each row.

    Shapes: ids (batch,) -> logits (batch, vocabulary), next states
    """
    logits, after = model.read_instead(_one_step, ids[:, None], states)
    return logits[:, 0], after


def _one_step(layer: Any, state: list[Any], inputs: Any, named: Any) -> Any:
    """Advance a recurrent layer's cell once, in place of its loop."""
    if not isinstance(layer, Recurrent):
        return None
    weights = [ops.convert_to_tensor(weight) for weight in layer.cell_weights]
    after = layer.cell.step(inputs[0][:, 0], state, weights, OPS)
    return after[0][:, None], list(after)
