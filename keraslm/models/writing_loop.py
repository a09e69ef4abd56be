"""Texts that a recurrent model writes side by side, in one compiled loop.

Math:   z_t = W x_t + b,   a_t = U h_{t-1} + b',   s_t = cell(z_t, a_t, s_{t-1})
        the next token is the first whose cumulative weight is above u_t times the sum
        of all;   weight = exp((l - max l) / T),   u_t a random point of the text's own
"""

from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

from keraslm.generation.sampling import Sampler
from keraslm.models.named_states import named, states_among
from keraslm.models.recurrent import RecurrentModel

Array = npt.NDArray[Any]

LONG = 2**16  # tokens asked for, from which compiling takes less than it saves
STEPS = 128  # of one call, or fewer
LARGEST_TABLE = 2**22  # numbers


@keras.saving.register_keras_serializable("keraslm")
class WritingLoop(keras.Model):
    """Write several steps of all texts in one call, compiled by XLA.

    Only for a full softmax without features, and on TensorFlow: elsewhere, and for
    short texts, NumPy writes one step a call (see `models.streams`).
    """

    def __init__(self, model: RecurrentModel, forbidden: int) -> None:
        super().__init__(autocast=False)  # points keep their 53 bits
        self.model = model
        self.forbidden = forbidden
        self._asked: dict[int, int] = {}
        self.compile(jit_compile=model.suits_xla)

    def repays(self, shape: tuple[int, ...], sampler: Sampler) -> bool:
        """Note what is to be written; say whether it is time to compile for it.

        Shapes: (texts, length)
        """
        full = self.model.softmax is None and self.model.direct is None
        compiled = keras.backend.backend() == "tensorflow" and self.jit_compile
        if not (full and compiled and sampler.keeps_all):
            return False
        texts, length = shape
        self._asked[texts] = self._asked.get(texts, 0) + texts * length
        return self._asked[texts] >= LONG

    def write(
        self, last: Array, points: Array, temperature: float, states: list[Array]
    ) -> Array:
        """Write a token of each text for each of its points.

        Shapes: last ids (texts,), points (texts, length), states each (texts, units)
                -> (texts, length)
        """
        texts, length = points.shape
        temperature = max(temperature, np.finfo(np.float64).tiny)  # XLA's least
        points = np.pad(points, ((0, 0), (0, -length % STEPS)))
        written = np.empty(points.shape, np.int64)
        given = {
            "last": last.astype(np.int32),
            "temperature": np.full(texts, temperature, np.float64),
            **named(states),
        }
        for start in range(0, length, STEPS):
            part = slice(start, start + STEPS)
            given["points"] = points[:, part]
            given["steps"] = np.full(texts, min(length - start, STEPS), np.int32)
            found = self.predict_on_batch(given)
            written[:, part] = found.pop("written")
            given |= found
        return written[:, :length]

    def call(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """Write as many of the tokens as there are steps.

        Shapes: last, temperature, steps (texts,), points (texts, STEPS), states
                -> written (texts, STEPS), the last ids and states
        """
        points = ops.transpose(inputs["points"])
        temperature = inputs["temperature"][:, None]
        table = self._table()

        def advance(t: Any, carried: list[Any]) -> list[Any]:
            written, last, *states = carried
            hidden, states = self._step(table, last, states)
            logits = self.model.logits(hidden)
            last = self._drawn(logits, points[t][:, None], temperature)
            return [ops.slice_update(written, (t, 0), last[None]), last, *states]

        written = ops.zeros(points.shape, "int32")
        start = [written, inputs["last"], *states_among(inputs)]
        written, last, *states = ops.fori_loop(0, inputs["steps"][0], advance, start)
        return {"written": ops.transpose(written), "last": last, **named(states)}

    def _table(self) -> Any:
        """Give W e + b of every token, if it is small."""
        vectors = ops.convert_to_tensor(self.model.embed.embeddings)
        first = self.model.recurrent[0]
        if vectors.shape[0] * first.kernel.shape[1] > LARGEST_TABLE:
            return None
        return first.input_products(vectors[None])[:, 0]

    def _step(self, table: Any, ids: Any, states: list[Any]) -> tuple[Any, list[Any]]:
        """Advance every layer by one step.

        Shapes: ids (texts,) -> (texts, units), next states
        """
        hidden, after = self.model.embed(ids), []
        for number, layer in enumerate(self.model.recurrent):
            before = self.model.states_of(number, states)
            _, bias = layer.biases(ops.convert_to_tensor(layer.bias))
            a = ops.matmul(before[0], layer.recurrent_kernel) + bias
            if number == 0 and table is not None:
                z = ops.take(table, ids, axis=0)
            else:
                z = layer.input_products(hidden[:, None])[0]
            now = layer.cell(z, a, before, ops)
            added = self.model.adds_residual(number)
            hidden = hidden + now[0] if added else now[0]
            after += now
        return hidden, after

    def _drawn(self, logits: Any, points: Any, temperature: Any) -> Any:
        """Draw a token of each text.

        Shapes: (texts, vocabulary), (texts, 1), (texts, 1) -> (texts,)
        """
        words = ops.arange(logits.shape[-1], dtype="int32")
        logits = ops.where(words == self.forbidden, -np.inf, logits)
        logits = ops.cast(logits, "float64")
        below = logits - ops.max(logits, axis=-1, keepdims=True)
        weights = ops.exp(ops.cast(below / temperature, "float32"))
        cumulative = ops.cumsum(ops.cast(weights, "float64"), axis=-1)
        passed = cumulative <= points * cumulative[:, -1:]
        return ops.sum(ops.cast(passed, "int32"), axis=-1)
