"""A sequence read by torch's own operation, written in C++, on a GPU by cuDNN.

A loop in Python would launch some twenty small operations at every step.
"""

from collections.abc import Sequence
from typing import Any

import torch
from keras import ops

from keraslm import cells


def takes(cell: cells.Cell) -> bool:
    """Say whether torch has an operation for a cell."""
    return _operation(cell) is not None


def read(
    cell: cells.Cell,
    inputs: Any,
    state: Sequence[Any],
    weights: Sequence[Any],
    length: Any = None,
) -> tuple[Any, list[Any]]:
    """Do what `kernels.sequence.read` does; see there for the shapes."""
    p = cell.products(weights)
    b_h = torch.zeros_like(p.b) if p.b_h is None else p.b_h
    given = [p.W.T, p.U.T, p.b, b_h]  # torch: (gates, features)
    given = [_in_torch_s_order(cell, weight).contiguous() for weight in given]
    time = inputs.shape[1]
    steps = time if length is None else int(length)
    first = [ops.convert_to_tensor(one)[None] for one in state]
    operation = _operation(cell)
    shown, *last = getattr(torch, operation or "")(
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
    return shown, [one[0] for one in last]


def _operation(cell: cells.Cell) -> str | None:
    """Name torch's operation of the same equations."""
    if type(cell) is cells.LSTM:
        return "lstm"
    if type(cell) is cells.GRU and cell.reset_after:
        return "gru"
    if type(cell) is cells.SimpleRNN and cell.activation == "tanh":
        return "rnn_tanh"
    return None


def _in_torch_s_order(cell: cells.Cell, weight: Any) -> Any:
    """Let a GRU's reset gate stand before what to keep; shapes: (gates x units, ..)."""
    if type(cell) is not cells.GRU:
        return weight
    keep, reset, new = torch.chunk(weight, 3)
    return torch.cat([reset, keep, new])
