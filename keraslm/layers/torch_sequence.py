"""A sequence read by torch's own operation, written in C++, on a GPU by cuDNN.

A loop in Python would launch some twenty small operations at every step.
"""

from typing import TYPE_CHECKING, Any

import torch
from keras import ops

if TYPE_CHECKING:
    from keraslm.layers.recurrent import Recurrent


def torch_sequence(
    layer: "Recurrent",
    inputs: Any,
    states: list[Any],
    weights: list[Any],
    length: Any = None,
) -> tuple[Any, list[Any]]:
    """Do what `sequence.read` does; see there for the shapes."""
    kernel, recurrent, bias = map(ops.convert_to_tensor, weights)
    given = [kernel.T, recurrent.T, *layer.biases(bias)]  # torch: (gates, features)
    given = [_in_torch_s_order(layer, weight).contiguous() for weight in given]
    time = inputs.shape[1]
    steps = time if length is None else int(length)
    first = [ops.convert_to_tensor(state)[None] for state in states]
    shown, *last = getattr(torch, layer.torch_name)(
        ops.convert_to_tensor(inputs)[:, :steps],
        first if len(first) > 1 else first[0],
        given,
        has_biases=True,
        num_layers=1,
        dropout=0.0,
        train=torch.is_grad_enabled(),
        bidirectional=False,
        batch_first=True,
    )
    shown = torch.nn.functional.pad(shown, (0, 0, 0, time - steps))
    return shown, [state[0] for state in last]


def _in_torch_s_order(layer: "Recurrent", weight: Any) -> Any:
    """Let a GRU's reset gate stand before what to keep; shapes: (gates x units, ..)."""
    if layer.torch_name != "gru":
        return weight
    keep, reset, new = torch.chunk(weight, 3)
    return torch.cat([reset, keep, new])
