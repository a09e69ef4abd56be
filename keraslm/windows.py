"""A text as batches that Keras trains on: each row goes on where it ended before."""

import os
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from keraslm.errors import UsageError
from keraslm.text.batches import TextWindows, VariedTextWindows
from keraslm.text.corpus import as_text
from keraslm.text.encoder import TextEncoder
from keraslm.text.mapped import stretches
from keraslm.text.text import Text

Input = npt.NDArray[np.int32] | dict[str, npt.NDArray[np.int32]]
Batch = tuple[Input, npt.NDArray[np.int32], npt.NDArray[np.float32]]


class Windows(keras.utils.PyDataset):
    """Batches (ids, targets, weights) of a text, in the order of the text.

        train = keraslm.Windows("my.txt", tokens, batch_size=32, time=64)
        model.fit(train, validation_data=valid)

    `text` is a `Text`, a path, a dataset's name or an array of ids. The text is laid
    out in `batch_size` rows; a step is the next `time` tokens of each. Target t is
    input t + 1, each token is a target once an epoch, and padding has weight 0. A short
    text has fewer rows, or shorter ones. See `keraslm.text.batches.TextWindows`.

    With `vary_time`, the windows of an epoch have lengths of their own, drawn with
    `seed`, and the input is {"ids": ids, "length": how many of them are read}.

    `keraslm.CausalLM` carries the state of each row from step to step; without
    `carried`, every window starts like a text.

    `tokens` is the number of ids, `characters` that of the text they were read from,
    or None; `full` is the tokens of a step without padding, rows x time. `epoch` is
    the one that is read, or is read next: of varied windows, each has its own order.

    Keras shuffles the steps of a PyDataset unless told not to. `keraslm.CausalLM` does
    not; with any other model whose state is carried, give `fit(..., shuffle=False)`.

    Shapes: ids, targets, weights (rows, time), int32, int32, float32; length (rows,)
    Raises: UsageError for a text, tokens or sizes that cannot be used; CorpusError if
        there are fewer than 2 tokens.
    """

    def __init__(
        self,
        text: Text | str | os.PathLike[str] | npt.ArrayLike,
        tokens: TextEncoder,
        batch_size: int = 32,
        time: int = 64,
        vary_time: bool = False,
        seed: int = 0,
        carried: bool = True,
    ) -> None:
        super().__init__()
        if not isinstance(tokens, TextEncoder):
            raise UsageError(
                "`tokens` must be a keraslm.TextEncoder, such as that of "
                f"`TextEncoder.fit(text)`; received {tokens!r}"
            )
        self.characters: int | None = None
        if isinstance(text, Text | str | os.PathLike):
            text = as_text(text)
            self.ids: Any = tokens.encode(text)
            self.characters = text.characters
        else:
            self.ids = _checked_ids(text, len(tokens.vocabulary))
        self.encoder = tokens
        self.boundary_id = tokens.vocabulary.boundary_id
        filled = -(-len(self.ids) // max(1, min(batch_size, len(self.ids))))
        self.time = min(time, max(1, filled))
        self._windows: TextWindows
        sizes = (self.ids, self.boundary_id, batch_size, self.time)
        self._windows = (
            VariedTextWindows(*sizes, seed) if vary_time else TextWindows(*sizes)
        )
        self.tokens, self.rows = self._windows.tokens, self._windows.rows
        self.full, self.vary_time = self._windows.full, vary_time
        self.carried = carried
        self.epoch = 0
        self._is_read = False

    @property
    def characters_per_token(self) -> float:
        """How many characters of the text a token stands for, end of line included.

        Raises: UsageError if the ids came without their text.
        """
        if self.characters is None:
            raise UsageError(
                "the characters of ids are not known; give the text, or set "
                "`characters` of these Windows"
            )
        return self.characters / self.tokens

    def __len__(self) -> int:
        return len(self._windows)

    def __getitem__(self, number: int) -> Batch:
        """Give a step of the present epoch.

        Raises: IndexError if there is no such step.
        """
        ids, targets, weights = self._windows.step(number, self.epoch)
        self._is_read |= number == len(self) - 1
        if not self.vary_time:
            return ids, targets, weights
        _, length = self._windows.columns(number, self.epoch)
        lengths = np.full(self.rows, length, np.int32)
        return {"ids": ids, "length": lengths}, targets, weights

    def on_epoch_begin(self) -> None:
        """Begin an epoch; Keras calls it."""
        self._is_read = False

    def on_epoch_end(self) -> None:
        """Go on to the next epoch, if this one was read to its end; Keras calls it.

        Keras also calls it after a look at the first batch.
        """
        self.epoch += self._is_read
        self._is_read = False

    def tokens_in(self, number: int) -> int:
        """Count the tokens of a step of the present epoch, without padding."""
        return self._windows.tokens_in(number, self.epoch)

    def rest(self, first: int, rows: slice | None = None) -> "Rest":
        """Give the steps of the present epoch from one on, or some rows of them."""
        return Rest(self, first, rows)

    def tf_dataset(self, first: int = 0) -> Any:
        """Give the same batches as a `tf.data.Dataset`, cut inside TensorFlow's graph.

        Small networks train faster from it. It is read like the Windows, which are its
        `windows`: each reading of varied windows is the next epoch, whose number is
        `epoch` before it. It may begin at a later step than the `first`.
        """
        from keraslm.kernels.tensorflow.windows import window_dataset

        dataset = window_dataset(self._windows, self._next_epoch, first)
        dataset.windows = self
        return dataset

    def _next_epoch(self) -> int:
        self.epoch += 1
        return self.epoch - 1


class Rest(keras.utils.PyDataset):
    """The last steps of an epoch of a Windows, or of other data; or some rows of it."""

    def __init__(self, windows: Any, first: int, rows: slice | None = None) -> None:
        super().__init__()
        self.windows, self.first, self.rows = windows, first, rows

    def __len__(self) -> int:
        return len(self.windows) - self.first

    def __getitem__(self, number: int) -> Any:
        step = self.windows[self.first + number]
        if self.rows is None:
            return step
        return keras.tree.map_structure(lambda whole: whole[self.rows], step)


def _checked_ids(given: Any, size: int) -> Any:
    """Give ids as an array of whole numbers, all of the vocabulary.

    Raises: UsageError
    """
    ids = given if isinstance(given, np.ndarray) else np.asarray(given)
    if ids.ndim != 1 or not np.issubdtype(ids.dtype, np.integer):
        raise UsageError(
            "ids must be whole numbers in one row, (tokens,); received an array "
            f"{ids.shape} of {ids.dtype}"
        )
    for stretch in stretches(ids):
        lowest, highest = stretch.min(), stretch.max()
        if lowest < 0 or highest >= size:
            wrong = lowest if lowest < 0 else highest
            raise UsageError(
                f"ids of a vocabulary of {size:,} lie from 0 to {size - 1:,}; "
                f"received {wrong:,}"
            )
    return ids


def ids_and_length(x: Any) -> tuple[Any, Any]:
    """Give the ids of a batch, and how many steps of them are read or None."""
    if isinstance(x, dict):
        return keras.ops.cast(x["ids"], "int32"), x["length"][0]
    return keras.ops.cast(x, "int32"), None


def windows_of(data: Any) -> Windows | None:
    """Give the Windows that data is, or whose `tf_dataset()` it is, or None."""
    found = data if isinstance(data, Windows) else getattr(data, "windows", None)
    return found if isinstance(found, Windows) else None
