"""Batches of pieces in which some tokens are masked: what a masked network learns from.

Math:   each token of a piece is masked with probability `share`; if none was drawn, one
        is, each equally likely. A masked token is always read as the mask, and it alone
        is to be predicted.
References: Devlin et al. (2019), who leave a tenth of the masked tokens as they are and
        read another tenth as random words, since their network is later given texts
        without masks. Ours is not.
"""

from collections import deque
from collections.abc import Sequence

import numpy as np

from keraslm.masked.pieces import FIRST, MASK, PADDING
from keraslm.tasks.batches import Batches

NO_TARGET = -1
SHORTEST = 8


class MaskedBatches(Batches):
    """Batches for `fit` and `evaluate`, pieces of about one length in each.

    Without `padded` they are of exactly one length: a network reads no padding, and
    needs no mask for it.

    What is masked is drawn anew in each epoch, as the order is; with `in_order` both
    are the same in every one. A `share` of 0 masks one token of each piece. Without one
    nothing is masked, and every token is to be predicted: that is for networks that do
    not see it where they do.

    Shapes: ids (batch, time) of the network, targets (batch, time) of the vocabulary,
            -1 where nothing is to be predicted; both int32
    """

    def __init__(
        self,
        pieces: Sequence[np.ndarray],
        share: float | None,
        batch_size: int = 32,
        seed: int = 0,
        in_order: bool = False,
        padded: bool = True,
    ) -> None:
        self.pieces, self.share, self.padded = pieces, share, padded
        self.seed, self.in_order = seed, in_order
        lengths = [len(piece) for piece in pieces]
        super().__init__(lengths, batch_size, None if in_order else seed)

    def cut(self, order: np.ndarray) -> list[np.ndarray]:
        """Cut pieces into batches, unpadded ones where the length changes, too."""
        if self.padded:
            return super().cut(order)
        borders = np.flatnonzero(np.diff(self._lengths[order])) + 1
        parts = np.split(order, borders)
        return [rows for part in parts for rows in super(MaskedBatches, self).cut(part)]

    def arrange(self, rows: list[np.ndarray]) -> list[np.ndarray]:
        """Let unpadded neighbours differ in length, until all that are left are alike.

        Where the first two of an epoch, or of its rest, agree in their length, Keras
        takes it for that of all.
        """
        if self.padded:
            return rows
        found: list[np.ndarray] = []
        alike: deque[np.ndarray] = (
            deque()
        )  # put off, as long as the last that was found
        for batch in rows:
            if found and self._longest(batch) == self._longest(found[-1]):
                alike.append(batch)
                continue
            found.append(batch)
            if alike:
                found.append(alike.popleft())
        return [*found, *alike]

    def _longest(self, rows: np.ndarray) -> int:
        return int(self._lengths[rows].max())

    def __getitem__(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        """Give a batch."""
        rows = self._rows[number]
        ids = np.full((len(rows), self._time(number)), PADDING, np.int32)
        for row, piece in enumerate(rows):
            ids[row, : self._lengths[piece]] = self.pieces[piece]
        return self._masked(ids, number)

    def _time(self, number: int) -> int:
        """Give the length of a batch; padded, it is one of few: XLA compiles each once.

        Then it is 8, 16, 32, .. if its number is even, else 12, 24, 48, ..: see
        `arrange`.
        """
        longest = self._longest(self._rows[number])
        if not self.padded:
            return longest
        time = SHORTEST + SHORTEST // 2 * (number % 2)
        while time < longest:
            time *= 2
        return time

    def _masked(self, ids: np.ndarray, number: int) -> tuple[np.ndarray, np.ndarray]:
        epoch = 0 if self.in_order else self.epoch
        rng = np.random.default_rng((self.seed, epoch, number))
        drawn = rng.random(ids.shape)
        is_token = ids >= FIRST
        is_token[:, 0] = False
        is_token[np.arange(len(ids)), is_token.sum(axis=1)] = False  # the last is </s>
        if self.share is None:
            return ids, np.where(is_token, ids - FIRST, NO_TARGET).astype(np.int32)
        drawn = np.where(is_token, drawn, 2.0)
        masked = (drawn < self.share) | (drawn == drawn.min(axis=1, keepdims=True))
        targets = np.where(masked, ids - FIRST, NO_TARGET)
        return np.where(masked, MASK, ids), targets.astype(np.int32)
