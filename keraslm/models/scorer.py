"""Exact log-probabilities of a long stream, many stretches of it at a time.

A recurrent model has to read a text from its first token to its last. Here the text is
cut into rows that are read side by side. What a row starts from is first guessed, by
reading the end of the row before it: where a state tells of no more than some tokens,
as many, and the guess is right. Then every row that did not start from where the row
before it really ended is read again from there, until its states or its scores are
those of the reading before; and so on until no row is left, or until a reading changes
the figure by less than a millionth of it. A network that never forgets is read row by
row after a few readings. So the figure is that of one reading from the first token to
the last.
"""

import dataclasses
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

from keraslm.models.causal import CausalModel

Array = npt.NDArray[Any]

TIME = 64  # tokens of a row that are read in one call
ROWS = 64  # a power of 4, as the batches that are compiled
SAME = 1e-5  # how far apart two states may be, relative to the larger of them and 1
CLOSE = 1e-6  # a change of the figure, or a window's, relative to it, that ends reading
MARKS = 32  # calls from the start of a row after which its states are kept
READINGS = 2  # of all wrong rows, after which half of them should be right
STATES = 2**23  # numbers that the states of all rows may have
LONG = 2**15  # tokens of a text for which XLA's compiling takes less than it saves


@dataclasses.dataclass(frozen=True)
class Rows:
    """A text in rows, and what is known of each row.

    Shapes: inputs, targets, scores (rows, length); states are lists of (rows, ...):
            where a row starts, where it is after its first calls, where it ends
    """

    inputs: Array
    targets: Array
    scores: Array
    starts: list[Array]
    marks: list[list[Array]]
    ends: list[Array]
    often: set[int]
    """How many rows are read in so many calls that XLA compiles them."""


@keras.saving.register_keras_serializable("keraslm")
class Scorer(keras.Model):
    """Give log P(target) and the next states, in one compiled call.

    Shapes: ids, targets (batch, time) -> (batch, time), states
    """

    def __init__(self, model: CausalModel) -> None:
        super().__init__()
        self.model = model

    def call(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """Read ids from a state and score their targets."""
        states = states_among(inputs)
        shown, states = self.model.read(inputs["ids"], states)
        shown = keras.tree.map_structure(_in_float32, shown)
        nats = self.model.nats(shown, inputs["targets"])
        return {"scores": -nats, **named(states)}


def _compiled(model: CausalModel, by_xla: bool | str) -> Scorer:
    scorer = Scorer(model)
    scorer.compile(jit_compile=by_xla)
    return scorer


class StreamScorer:
    """Score streams of ids with a causal model; the compiled calls are kept."""

    def __init__(self, model: CausalModel) -> None:
        self.model = model
        self._seldom = _compiled(model, "auto")
        self._often = _compiled(model, True) if model.suits_xla else self._seldom

    def log_probabilities(self, ids: Array, boundary_id: int) -> Array:
        """Predict every id of a stream that starts after a line boundary.

        Shapes: (tokens,) -> (tokens,) float64, in nats
        """
        if not len(ids):
            return np.zeros(0)
        rows, length, time = layout(len(ids), self._room(), self._most_rows())
        targets = _padded(ids, rows * length, boundary_id).reshape(rows, length)
        inputs = np.roll(targets.ravel(), 1).reshape(rows, length)
        inputs[0, 0] = boundary_id
        table = self._unread(inputs, targets, time)
        self._settle(table, time)
        return table.scores.ravel()[: len(ids)].astype(np.float64)

    def _settle(self, table: Rows, time: int) -> None:
        """Read the rows until each starts where the one before it ended."""
        wrong, last, one_by_one = np.arange(len(table.inputs)), 0.0, False
        for number in range(len(table.inputs)):
            self._read(table, wrong, time)
            possible = np.isfinite(table.scores)
            figure = float(table.scores.sum(dtype=np.float64, where=possible))
            if not one_by_one and abs(figure - last) <= CLOSE * abs(figure):
                return
            wanted = self._after(table.ends)
            read, wrong = len(wrong), np.flatnonzero(~_same(table.starts, wanted))
            if not len(wrong):
                return
            last = figure
            one_by_one |= number + 1 >= READINGS and 2 * len(wrong) > read
            if one_by_one:
                wrong = wrong[:1]
                table.often.add(1)
            _put(table.starts, wrong, [state[wrong] for state in wanted])

    def _room(self) -> int:
        """How many tokens a call may hold: what it computes for them in 16 MB."""
        return max(2**22 // self.model.numbers_per_token, 1)

    def _most_rows(self) -> int:
        """How many rows may be read at once: fewer where a state is large."""
        return max(STATES // max(sum(s.size for s in self._initial(1)), 1), 1)

    def _unread(self, inputs: Array, targets: Array, time: int) -> Rows:
        """Lay out the rows, each with a guess of where it starts."""
        rows, length = inputs.shape
        often = {rows} if inputs.size >= LONG else set()
        starts = self._initial(rows)
        reach = self.model.reach
        if rows > 1:
            ends, windows = starts, -(-(reach or time) // time)
            for first in range(max(length - windows * time, 0), length, time):
                part = np.s_[:, first : first + time]
                _, ends = self._call(inputs[part], targets[part], ends, often)
            starts = self._after(ends)
        kept = min(MARKS, length // time) if starts and reach is None else 0
        marks = [
            [np.full(s.shape, np.nan, np.result_type(s, np.float32)) for s in starts]
            for _ in range(kept)
        ]
        ends = [np.empty_like(state) for state in starts]
        scores = np.full(inputs.shape, np.nan, np.float32)
        return Rows(inputs, targets, scores, starts, marks, ends, often)

    def _after(self, ends: list[Array]) -> list[Array]:
        """Let each row start where the one before ended."""
        first = self._initial(1)
        return [
            np.concatenate([start, end[:-1]])
            for start, end in zip(first, ends, strict=True)
        ]

    def _initial(self, rows: int) -> list[Array]:
        return [ops.convert_to_numpy(s) for s in self.model.initial_states(rows)]

    def _read(self, table: Rows, rows: Array, time: int) -> None:
        """Read rows from their starts, each until it is where it was once before."""
        states = [state[rows] for state in table.starts]
        for number in range(table.inputs.shape[1] // time):
            at = np.ix_(rows, np.arange(number * time, (number + 1) * time))
            window = (table.inputs[at], table.targets[at])
            scores, states = self._call(*window, states, table.often)
            new = ~_close(table.scores[at], scores)
            table.scores[at] = scores
            if number < len(table.marks):
                mark = table.marks[number]
                new &= ~_same([state[rows] for state in mark], states)
                _put(mark, rows, states)
            rows, states = rows[new], [state[new] for state in states]
            if not len(rows):
                return
        _put(table.ends, rows, states)

    def _call(
        self, inputs: Array, targets: Array, states: list[Array], often: set[int]
    ) -> tuple[Array, list[Array]]:
        """Read one window of some rows; the batches that are compiled are few."""
        rows, size = len(inputs), 1
        while size < rows:
            size *= 4
        batch = np.resize(np.arange(rows), size)
        given = named([state[batch] for state in states])
        given |= {"ids": inputs[batch], "targets": targets[batch]}
        scorer = self._often if size in often else self._seldom
        found = scorer.predict_on_batch(given)
        return found["scores"][:rows], [s[:rows] for s in states_among(found)]


def layout(tokens: int, room: int, most_rows: int = ROWS) -> tuple[int, int, int]:
    """Choose rows, their length and the tokens of a row that one call reads.

    The sizes are few, so that few calls are compiled: a short text is one row of a
    power of two; a long one has rows that are a multiple of the time.
    """
    time = 16
    while time < min(TIME, tokens) and 2 * time <= max(room, 16):
        time *= 2
    most, rows = min(tokens // (8 * TIME), room // time, ROWS, most_rows), 1
    while 4 * rows <= most:
        rows *= 4
    row_length = -(-tokens // rows)
    return rows, -(-row_length // time) * time, time


def named(states: list[Any]) -> dict[str, Any]:
    """Give each state a name; the names sort in the states' order."""
    return {f"state{number:03}": state for number, state in enumerate(states)}


def states_among(arrays: dict[str, Any]) -> list[Any]:
    """Find the states again, in their order."""
    return [arrays[name] for name in sorted(arrays) if name.startswith("state")]


def _in_float32(x: Any) -> Any:
    """Let no sum be taken in half precision; places stay whole numbers."""
    is_float = keras.backend.is_float_dtype(keras.backend.standardize_dtype(x.dtype))
    return ops.cast(x, "float32") if is_float else x


def _padded(ids: Array, length: int, value: int) -> Array:
    result = np.full(length, value, np.int32)
    result[: len(ids)] = ids
    return result


def _put(states: list[Array], rows: Array, values: list[Array]) -> None:
    for state, value in zip(states, values, strict=True):
        state[rows] = value


def _close(one: Array, two: Array) -> Array:
    """Say of each row whether its scores moved by less than a figure may.

    Cells that last may then still differ, in what the scores do not show.
    """
    with np.errstate(invalid="ignore"):  # of two that are impossible
        moved = np.abs(one - two).sum(axis=1)
    return moved <= CLOSE * np.abs(two).sum(axis=1)


def _same(one: list[Array], two: list[Array]) -> Array:
    """Say of each row whether its states are the same, up to rounding.

    Nothing is said of the rows of a model without states.
    """
    same = np.ones(len(one[0]) if one else 0, bool)
    for a, b in zip(one, two, strict=True):
        size = np.maximum(np.maximum(np.abs(a), np.abs(b)), 1)
        near = np.abs(a - b) <= SAME * size
        same &= near.reshape(len(near), -1).all(axis=1)
    return same
