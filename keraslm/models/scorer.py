"""Exact log-probabilities of a long stream, many stretches of it at a time.

A recurrent model has to read a text from its first token to its last. Here the text is
cut into rows that are read side by side. What a row starts from is first guessed, by
reading the end of the row before it; then the rows are read again and again, each
from where the row before it ended, until every row has started from where the row
before it really ended. The figure is that of one reading from the first token to the
last, up to the rounding of floating-point numbers.
"""

from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

from keraslm.models.causal import CausalModel

Array = npt.NDArray[Any]

TIME = 128  # tokens of a row that are read in one call
ROWS = 64
AGREE = 1e-4  # how far a state may be from where the row before ended


@keras.saving.register_keras_serializable("keraslm")
class Scorer(keras.Model):
    """Give log P(target) and the next states, in one compiled call.

    Math:   log softmax(logits_t)[y_t] = logits_t[y_t] - logsumexp(logits_t)
    Shapes: ids, targets (batch, time) -> (batch, time), states
    """

    def __init__(self, model: CausalModel) -> None:
        super().__init__()
        self.model = model

    def call(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """Read ids from a state and score their targets."""
        states = [inputs[key] for key in sorted(inputs) if key.startswith("state")]
        logits, states = self.model.step(inputs["ids"], states)
        logits = ops.cast(logits, "float32")
        chosen = ops.take_along_axis(logits, inputs["targets"][..., None], axis=-1)
        scores = chosen[..., 0] - ops.logsumexp(logits, axis=-1)
        return {"scores": scores, **_named(states)}


class StreamScorer:
    """Score streams of ids with a causal model; the compiled calls are kept."""

    def __init__(self, model: CausalModel) -> None:
        self.model = model
        self._scorer = Scorer(model)
        # Compiled by XLA where there is one; torch runs as it is.
        self._scorer.compile(jit_compile="auto")

    def log_probabilities(self, ids: Array, boundary_id: int) -> Array:
        """Predict every id of a stream that starts after a line boundary.

        Shapes: (tokens,) -> (tokens,) float64, in nats
        """
        if not len(ids):
            return np.zeros(0)
        rows, length, time = layout(len(ids), self._room())
        targets = _padded(ids, rows * length, boundary_id).reshape(rows, length)
        before = np.concatenate([[boundary_id], targets.ravel()[:-1]])
        inputs = before.astype(np.int32).reshape(rows, length)
        starts = self._guessed_starts(inputs, targets, time)
        for _ in range(rows):
            scores, ends = self._read(inputs, targets, starts, time)
            wanted = self._after(ends)
            if _agree(starts, wanted):
                break
            starts = wanted
        return scores.ravel()[: len(ids)].astype(np.float64)

    def _room(self) -> int:
        """How many tokens a call may hold: (tokens, vocabulary) logits in 256 MB."""
        return max(2**26 // self.model.vocabulary_size, 1)

    def _guessed_starts(self, inputs: Array, targets: Array, time: int) -> list[Array]:
        first = self._initial(len(inputs))
        if len(inputs) == 1:
            return first
        _, ends = self._read(inputs[:, -time:], targets[:, -time:], first, time)
        return self._after(ends)

    def _after(self, ends: list[Array]) -> list[Array]:
        """Let each row start where the one before ended."""
        first = self._initial(1)
        return [
            np.concatenate([start, end[:-1]])
            for start, end in zip(first, ends, strict=True)
        ]

    def _initial(self, rows: int) -> list[Array]:
        return [ops.convert_to_numpy(s) for s in self.model.initial_states(rows)]

    def _read(
        self, inputs: Array, targets: Array, states: list[Array], time: int
    ) -> tuple[Array, list[Array]]:
        parts = []
        for start in range(0, inputs.shape[1], time):
            window = slice(start, start + time)
            given = {"ids": inputs[:, window], "targets": targets[:, window]}
            found = self._scorer.predict_on_batch({**given, **_named(states)})
            parts.append(found.pop("scores"))
            states = [found[key] for key in sorted(found)]
        return np.concatenate(parts, axis=1), states


def layout(tokens: int, room: int) -> tuple[int, int, int]:
    """Choose rows, their length and the tokens of a row that one call reads.

    The sizes are few, so that few calls are compiled: a short text is one row of a
    power of two; a long one has rows that are a multiple of the time.
    """
    time = 16
    while time < min(TIME, tokens) and 2 * time <= max(room, 16):
        time *= 2
    rows = int(np.clip(tokens // (8 * TIME), 1, min(ROWS, max(room // time, 1))))
    row_length = -(-tokens // rows)
    return rows, -(-row_length // time) * time, time


def _named(states: list[Any]) -> dict[str, Any]:
    return {f"state{number:03}": state for number, state in enumerate(states)}


def _padded(ids: Array, length: int, value: int) -> Array:
    result = np.full(length, value, np.int32)
    result[: len(ids)] = ids
    return result


def _agree(starts: list[Array], wanted: list[Array]) -> bool:
    return all(
        np.max(np.abs(one - two), initial=0) <= AGREE
        for one, two in zip(starts, wanted, strict=True)
    )
