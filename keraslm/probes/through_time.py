"""Backpropagation through time, taken apart: what each step adds to the gradient."""

import dataclasses
from typing import Any

import numpy as np
import pandas as pd
from keras import ops

from keraslm.errors import UsageError
from keraslm.kernels.cross_entropy import cross_entropy
from keraslm.probes.differentiation import gradient
from keraslm.probes.network import ProbedNetwork
from keraslm.probes.nudged import Nudges, no_nudges, nudged_logits
from keraslm.probes.probed import ids_of, inputs_of, network_without_features
from keraslm.probes.reading import Array, before_a_text, states_while_reading

LONGEST = 200  # tokens: the pass holds every pair of a loss and a step


@dataclasses.dataclass(frozen=True)
class Contributions:
    """What each use of a layer's U adds to the gradient of a window's loss.

    U is used once a step, in a_k = U h_{k-1} + b'. What use k adds to the loss of step
    t is one outer product, and all of them sum to the gradient.

    Math:   J = 1/T sum_t J_t,   dJ_t/dU = sum_{k <= t} dJ_t/dU |_(k)
            dJ_t/dU |_(k) = h_{k-1}^T dJ_t/da_k
    Shapes: before, h_{k-1}: (steps, units)
            errors, dJ_t / da_k: (losses t, steps k, gates x units), 0 where k > t
    References: Werbos (1990).
    """

    before: Array
    errors: Array

    def of_steps(self) -> Array:
        """Give what each step k adds to dJ/dU.

        Shapes: (steps, units, gates x units)
        """
        return np.einsum("ku,kg->kug", self.before, self.errors.mean(axis=0))

    def gradient(self) -> Array:
        """Give their sum, dJ/dU.

        Shapes: (units, gates x units)
        """
        return self.before.T @ self.errors.mean(axis=0)

    def truncated(self, steps: int) -> Array:
        """Give the sum when each loss goes back through its last `steps` steps only.

        Math:   1/T sum_t sum_{t - steps < k <= t} dJ_t/dU |_(k)
        Shapes: (units, gates x units)
        Raises: UsageError if steps < 0.
        References: Williams & Peng (1990).
        """
        if steps < 0:
            raise UsageError(f"steps must be 0 or more; received {steps}")
        time = np.arange(len(self.before))
        near = time[:, None] - time < steps  # (losses, steps)
        return self.before.T @ (self.errors * near[..., None]).mean(axis=0)

    def norms(self) -> pd.DataFrame:
        """Give || dJ_t/dU |_(k) ||, a row a loss step t, a column a step k."""
        by_loss = np.linalg.norm(self.errors, axis=-1)
        steps = range(1, len(self.before) + 1)
        return pd.DataFrame(
            by_loss * np.linalg.norm(self.before, axis=-1),
            index=pd.Index(steps, name="loss at step"),
            columns=pd.Index(steps, name="use at step"),
        )


def contributions(model: Any, text: Any) -> list[Contributions]:
    """Take the gradient of each recurrent layer's U apart, from the bottom layer up.

    The text, or ids, is one window that starts at the beginning of a line; its loss is
    the mean over its tokens, as in training. Only one backward pass is made: each row
    of its batch is the window with the loss of one step.

    Raises: UsageError for another kind of model, or a window of over 200 tokens.
    """
    network, ids = network_without_features(model), ids_of(model, text)
    if len(ids) > LONGEST:
        raise UsageError(
            f"a window has at most {LONGEST} tokens; received {len(ids)}: give a part"
        )
    _check_one_product(network)
    errors = _errors(network, ids)
    states = list(states_while_reading(network, inputs_of(ids)))[:-1]
    return [
        Contributions(
            np.stack([state[number][0] for state in states]).astype(np.float64),
            by_product.astype(np.float64).swapaxes(0, 1),
        )
        for number, by_product in enumerate(errors)
    ]


def _errors(network: ProbedNetwork, ids: Array) -> list[Array]:
    """Differentiate every step's loss with respect to every step's product a_k.

    Shapes: (time,) -> for each layer (steps k, losses t, gates x units)
    """
    time = len(ids)
    inputs = np.tile(inputs_of(ids), (time, 1))
    states = [[np.tile(s, (time, 1)) for s in own] for own in before_a_text(network)]

    def loss(nudges: Nudges) -> Any:
        logits = nudged_logits(network, inputs, states, nudges, _own)
        return ops.sum(cross_entropy(ids, logits))

    return [layer[0] for layer in gradient(loss, no_nudges(network, time, time))]


def _own(hidden: Any) -> Any:
    """Select step t of row t; shapes: (time, time, ..) -> (time, 1, ..)."""
    return ops.transpose(ops.diagonal(hidden))[:, None]


def _check_one_product(network: ProbedNetwork) -> None:
    """Refuse a cell that multiplies h by U in two products.

    Raises: UsageError
    """
    for layer in network.layers:
        if not getattr(layer.cell, "reset_after", True):
            raise UsageError(
                f"the layer {layer.layer.name} uses U twice a step "
                "(`reset_after=False`); its contributions are not taken apart"
            )
