"""A target that is being written, token by token."""

import numpy as np

from keraslm.inference.network import Array, log_softmax
from keraslm.sampling.stream import TokenStream
from keraslm.tasks.translation.reading import Reader


class TargetStream(TokenStream):
    """The target of one source so far.

    `</s>`, which stands before the first token, is pushed first, as the prompt.
    """

    def __init__(self, reader: Reader, source: Array) -> None:
        self._reader, self._state = reader, reader.encode(source[None])
        self._logits = np.zeros(0, np.float32)

    def next_log_probabilities(self) -> np.ndarray:
        """Give log P of every token."""
        return log_softmax(self._logits)

    def push(self, token_id: int) -> None:
        """Read a token."""
        ids = np.array([token_id], np.int32)
        logits, self._state, _ = self._reader.step(ids, self._state)
        self._logits = logits[0]
