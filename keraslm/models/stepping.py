"""One token at a time through the Keras model itself, for those without a quicker way.

Math:   logits_t, s_t = step(y_{t-1}, s_{t-1})
"""

from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

from keraslm.models.causal import CausalModel
from keraslm.sampling.stream import TokenStream

Array = npt.NDArray[Any]


@keras.saving.register_keras_serializable("keraslm")
class Step(keras.Model):
    """One step of a causal model, for one compiled call.

    Shapes: ids (1, 1), states -> log P (1, vocabulary), next states
    """

    def __init__(self, model: CausalModel) -> None:
        super().__init__()
        self.model = model

    def call(self, inputs: list[Any]) -> list[Any]:
        """Read one token from a state."""
        ids, *states = inputs
        logits, states = self.model.step(ids, states)
        return [ops.log_softmax(ops.cast(logits[:, -1], "float32")), *states]


class Stepper:
    """A model's compiled step, shared by all of its streams."""

    def __init__(self, model: CausalModel) -> None:
        self.model = model
        self._step = Step(model)
        self._step.compile(jit_compile=False)  # one step gains little by XLA

    def initial_states(self) -> list[Array]:
        """Give the state of one text before its start."""
        return [ops.convert_to_numpy(s) for s in self.model.initial_states(1)]

    def __call__(self, token_id: int, states: list[Array]) -> tuple[Array, list[Array]]:
        """Read a token; shapes: -> log P (vocabulary,), next states."""
        ids = np.array([[token_id]], np.int32)
        found = self._step.predict_on_batch([ids, *states])
        return found[0][0], list(found[1:])


class SteppedStream(TokenStream):
    """One text that a model reads and writes by its compiled step."""

    def __init__(self, stepper: Stepper, boundary_id: int) -> None:
        self._stepper = stepper
        self._states = stepper.initial_states()
        self.push(boundary_id)

    def push(self, token_id: int) -> None:
        """Append one token to the history."""
        self._logits, self._states = self._stepper(token_id, self._states)

    def next_log_probabilities(self) -> Array:
        """Give log P of every token, which sums to one in float64 too.

        Shapes: -> (vocabulary,) float64, in nats
        """
        logits = self._logits.astype(np.float64)
        return logits - np.log(np.exp(logits).sum())
