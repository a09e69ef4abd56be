"""Windows of ids for truncated backpropagation through time."""

import numpy as np
import numpy.typing as npt

from keraslm.errors import CorpusError, UsageError
from keraslm.text.mapped import release
from keraslm.text.tokenizer_base import Ids

Window = tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.float32]]

STEPS_IN_MEMORY = 32  # of a text that lies in a file
SHARE_OF_LONG = 0.95  # of windows about `time` long; the others are about half
SPREAD = 5.0  # standard deviation of a window's length, in tokens


class TextWindows:
    """The steps of an epoch; row r of step i + 1 continues row r of step i.

    The N ids are laid out in rows of ceil(N / rows), one after another:

        row 0:  y_1     y_2     ...  y_L
        row 1:  y_L+1   y_L+2   ...  y_2L

    and a step is `time` columns of it. Each id is a target exactly once an epoch, and
    its input is the id before it in the text (the boundary before the first). What is
    left over in the last rows and columns is padding: the boundary with weight 0.

    `rows` is the batch size, or the number of ids if there are fewer; `full` is how
    many tokens a step without padding has.

    Raises: CorpusError if there are fewer than 2 ids; UsageError if `batch_size` or
        `time` is below 1.
    """

    def __init__(self, ids: Ids, boundary_id: int, batch_size: int, time: int) -> None:
        for name, value in (("batch size", batch_size), ("time", time)):
            if value < 1:
                raise UsageError(f"the {name} must be 1 or more; received {value}")
        if len(ids) < 2:
            raise CorpusError(
                f"training needs at least 2 tokens; the text has {len(ids)}: "
                "give a longer text"
            )
        self.tokens = len(ids)
        self.boundary_id = boundary_id
        self.width = time
        self.rows = min(batch_size, self.tokens)
        self.full = self.rows * time
        self.row_length = -(-self.tokens // self.rows)
        self._steps = -(-self.row_length // time)
        self._given, self._ids = ids, np.asarray(ids)
        self.row_starts = np.arange(self.rows)[:, None] * self.row_length

    def __len__(self) -> int:
        return self._steps

    def step(self, number: int, epoch: int = 0) -> Window:
        """Inputs, targets and weights of a step.

        Shapes: three arrays (rows, width); int32, int32, float32
        Raises: IndexError if there is no such step.
        """
        if not 0 <= number < len(self):
            raise IndexError(f"the epoch has {len(self)} steps; received {number}")
        if number % STEPS_IN_MEMORY == 0:
            self.release()
        start, length = self.columns(number, epoch)
        columns = start + np.arange(self.width)
        places = self.row_starts + columns  # (rows, width)
        real = (columns < min(start + length, self.row_length)) & (places < self.tokens)
        ids = self.ids_between(start - 1, start + self.width)
        return (
            np.where(real, ids[:, :-1], np.int32(self.boundary_id)),
            np.where(real, ids[:, 1:], np.int32(self.boundary_id)),
            real.astype(np.float32),
        )

    def columns(self, number: int, epoch: int = 0) -> tuple[int, int]:
        """Give the first column of a step, and how many it has."""
        return number * self.width, self.width

    def tokens_in(self, number: int, epoch: int = 0) -> int:
        """Count the tokens of a step, without padding."""
        start, length = self.columns(number, epoch)
        row_lengths = np.clip(self.tokens - self.row_starts, 0, self.row_length)
        stop = np.minimum(start + length, row_lengths)
        return int(np.maximum(stop - start, 0).sum())

    def ids_between(self, start: int, stop: int) -> npt.NDArray[np.int32]:
        """Give the ids of some columns of each row, the boundary outside the text.

        Column -1 of a row is the id before the row.

        Shapes: (rows, stop - start)
        """
        places = self.row_starts + np.arange(start, stop)
        found = np.take(self._ids, places, mode="clip").astype(np.int32)
        inside = (places >= 0) & (places < self.tokens)
        return np.where(inside, found, np.int32(self.boundary_id))

    def release(self) -> None:
        """Give back the memory of ids that lie in a file."""
        release(self._given)


class VariedTextWindows(TextWindows):
    """Windows of varied length: no token is always the first of its window.

    A step is as wide as the longest may be; what lies behind its length is padding.

    Math:   length = N(time, 5) with probability 0.95, else N(time / 2, 5), rounded, and
            kept between 1 and time + 5. Every epoch has the same lengths, shuffled.
    References: Merity, Keskar & Socher (2018).
    """

    def __init__(
        self, ids: Ids, boundary_id: int, batch_size: int, time: int, seed: int = 0
    ) -> None:
        super().__init__(ids, boundary_id, batch_size, time)
        self._seed = seed
        self._lengths = varied_lengths(self.row_length, time, seed)
        self._steps = len(self._lengths)
        self._epoch = -1
        self._shuffled = self._ends = self._lengths
        self.width = int(self._lengths.max())

    def columns(self, number: int, epoch: int = 0) -> tuple[int, int]:
        """Give the first column of a step, and how many it has."""
        if epoch != self._epoch:
            order = np.random.default_rng((self._seed, epoch))
            self._epoch, self._shuffled = epoch, order.permutation(self._lengths)
            self._ends = np.cumsum(self._shuffled)
        length = int(self._shuffled[number])
        return int(self._ends[number]) - length, length


def varied_lengths(row_length: int, time: int, seed: int) -> npt.NDArray[np.intp]:
    """Draw lengths of windows until they cover a row; see `VariedTextWindows`."""
    rng = np.random.default_rng(seed)
    middle = np.where(rng.random(row_length) < SHARE_OF_LONG, time, time / 2)
    lengths = np.clip(np.rint(rng.normal(middle, SPREAD)), 1, time + SPREAD)
    needed = int(np.searchsorted(np.cumsum(lengths), row_length)) + 1
    return lengths[:needed].astype(np.intp)
