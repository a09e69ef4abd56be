"""The mean of the weights over many steps, which is validated and kept in their place.

Math:   m <- m + (w - m) / min(n, N),  n steps after averaging began; until then m = w
References: Polyak & Juditsky (1992), all steps; Merity, Keskar & Socher (2018), from
        when validation stops improving.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

from keras import ops

from keraslm.callbacks.monitored import Monitored
from keraslm.checkpoints import validated
from keraslm.errors import UsageError
from keraslm.kernels.devices import assign, locally


class Averaging(Monitored):
    """Tell the optimizer before each step how fast the mean follows the weights.

    The optimizer is one of `keraslm.training.optimizers`, with `averaging` on. `steps`
    N is about how many steps are averaged, all of them if it is left out; with `after`
    k, averaging begins when a validation is worse than the best of those k or more
    before it. At the end the model gets the mean.
    """

    def __init__(
        self,
        steps: int | None = None,
        after: int | None = None,
        monitor: str = "exact_perplexity",
    ) -> None:
        super().__init__()
        self._most, self._patience, self.monitor = steps, after, monitor
        self._figures: list[float] = []
        self._began = after is None
        self._steps = 0

    def on_train_begin(self, logs: Any = None) -> None:
        """See that the optimizer keeps a mean.

        Raises: UsageError
        """
        if not getattr(self.model.optimizer, "averages", []):
            raise UsageError(
                "Averaging needs an optimizer of keraslm.training.optimizers that "
                f"averages; received {type(self.model.optimizer).__name__}: Keras's "
                "own have `use_ema=True`"
            )

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Set the share of the step to come."""
        self._steps += self._began
        averaged = max(self._steps, 1)
        share = 1 / min(averaged, self._most or averaged)
        assign(self.model.optimizer.averaging_share, share)

    def measured(self, figure: float) -> None:
        """Hear of a validation; it may be the one that averaging begins after."""
        self._figures.append(figure)
        if self._patience is not None:
            earlier = self._figures[: -self._patience]
            self._began |= bool(earlier) and self._figures[-1] > min(earlier)

    def on_train_end(self, logs: Any = None) -> None:
        """Let the model have the mean weights from now on."""
        _assign(self.model.trainable_variables, self.model.optimizer.averages)

    def get_state(self) -> dict[str, Any]:
        """Give what goes into a checkpoint, beside the mean: the optimizer has it."""
        figures = [validated.stored(figure) for figure in self._figures]
        return {"figures": figures, "began": self._began, "steps": self._steps}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint."""
        self._figures = [validated.lowest(figure) for figure in state["figures"]]
        self._began = bool(state["began"])
        self._steps = validated.count(state["steps"])


@contextlib.contextmanager
def averaged(model: Any) -> Iterator[None]:
    """Let a model have the mean of its weights for a while, if there is one.

    Where several processes train it, it is this one's own meanwhile.
    """
    with locally(model):
        means = getattr(model.optimizer, "averages", [])
        if not means or not int(ops.convert_to_numpy(model.optimizer.iterations)):
            yield
            return
        weights = model.trainable_variables
        present = [ops.copy(weight) for weight in weights]
        _assign(weights, means)
        try:
            yield
        finally:
            _assign(weights, present)


def _assign(weights: list[Any], values: list[Any]) -> None:
    for weight, value in zip(weights, values, strict=True):
        weight.assign(ops.copy(value))  # JAX would let the two share their memory
