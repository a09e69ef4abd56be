"""The model that is fitted: the language model and the state it carries.

Truncated backpropagation: each window starts from the state where the window before
it ended; the gradient stops at the window's edge.
References: Williams & Peng (1990); Mikolov et al. (2010).
"""

from typing import Any

import keras
from keras import ops

from keraslm.kernels.precision import products_in
from keraslm.models.causal import CausalModel
from keraslm.training.sampled import SampledSoftmax


class StepNats(keras.metrics.Metric):
    """The nats of one step and its tokens; the next step's take their place.

    Keras's mean adds up, and would be set to zero before each step: a fifth of the time
    of a small network's step.
    """

    def __init__(self) -> None:
        super().__init__(name="nats")
        self.total = self.add_variable((), "zeros", name="total")
        self.count = self.add_variable((), "zeros", name="count")

    def update_state(self, total: Any, count: Any) -> None:
        """Keep what a step measured."""
        self.total.assign(total)
        self.count.assign(count)

    def result(self) -> Any:
        """Give the mean."""
        return self.total / ops.maximum(self.count, 1)

    def reset_state(self) -> None:
        """Leave it to the next step."""


@keras.saving.register_keras_serializable("keraslm")
class CarriedModel(keras.Model):
    """Fit a causal model on windows that continue each other, row by row.

    Where the state is not carried, every window starts like a text.

    Math:   loss = sum_t w_t (-log P(y_t | history)) / N, in nats;   w_t is 0 for
            padding, and N is `full`, the tokens of a step that has none

    Divided by its own tokens, a step that is mostly padding would give each of them
    many times the weight of the others.
    `precision` is that of the factors of large products, see `kernels.precision`; on
    TensorFlow, bfloat16 needs `jit_compile`.
    """

    def __init__(
        self,
        model: CausalModel,
        rows: int,
        full: int,
        carries: bool = True,
        sampled: SampledSoftmax | None = None,
        precision: str = "float32",
    ) -> None:
        super().__init__()
        self.model: Any = model
        self.full = full
        self.carries = carries
        self.sampled = sampled
        self.precision = precision
        self.measured = StepNats()
        states = model.initial_states(rows)
        self.states = [self._variable(state, k) for k, state in enumerate(states)]

    def _variable(self, state: Any, number: int) -> Any:
        value = ops.convert_to_numpy(state)
        return self.add_weight(
            value.shape,
            initializer=keras.initializers.Constant(value.flat[0]),
            dtype=str(value.dtype),
            trainable=False,
            name=f"state{number}",
        )

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Read the next window and keep where it ended.

        `inputs` holds the "ids", it may hold the "length" of a row that is read, and
        with a sampled softmax the words "drawn". Gives the logits, or what the loss of
        another softmax is computed from.
        """
        # copied: torch assigns in place what its gradient still needs
        states = [ops.copy(state) for state in self.states]
        length = inputs["length"][0] if "length" in inputs else None
        model = self.model
        read = model.step_for_nats if self.sampled is None else model.read
        with products_in(self.precision):
            shown, after = read(inputs["ids"], states, training, length)
        if training and self.carries:
            for state, value in zip(self.states, after, strict=True):
                state.assign(ops.stop_gradient(value))
        return shown

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Divide the nats of the tokens that are no padding by those of a full step."""
        with products_in(self.precision):
            nats = self._nats(x, y, y_pred)
        # an array, from train_on_batch on torch
        sample_weight = ops.convert_to_tensor(sample_weight)
        total = ops.sum(nats * sample_weight)
        self.measured.update_state(total, ops.sum(sample_weight))
        return total / self.full

    def _nats(self, x: Any, y: Any, y_pred: Any) -> Any:
        if self.sampled is None:
            return self.model.nats(y_pred, y)
        return self.sampled.nats(self.model, y_pred, y, x["drawn"])

    @property
    def nats_and_tokens(self) -> tuple[float, float]:
        """The sum of nats of the last step, and its tokens."""
        nats, tokens = map(ops.convert_to_numpy, self.measured.variables)
        return float(nats), float(tokens)

    def forget(self) -> None:
        """Start again from the beginning of a text."""
        rows = self.states[0].shape[0] if self.states else 0
        for state, value in zip(
            self.states, self.model.initial_states(rows), strict=True
        ):
            state.assign(value)
