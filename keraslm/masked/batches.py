"""Batches of pieces in which some tokens are masked: what a masked network learns from.

Math:   each token of a piece is masked with probability `share`; if none was drawn, one
        is, each equally likely. A masked token is always read as the mask, and it alone
        is to be predicted.
References: Devlin et al. (2019), who leave a tenth of the masked tokens as they are and
        read another tenth as random words, since their network is later given texts
        without masks. Ours is not.
"""

from collections.abc import Iterator, Sequence

import keras
import numpy as np

from keraslm.masked.pieces import FIRST, MASK, PADDING

NO_TARGET = -1
SHORTEST = 8


class MaskedBatches(keras.utils.PyDataset):
    """Batches for `fit` and `evaluate`, pieces of about one length in each.

    Without `padded` they are of exactly one length: a network reads no padding, and
    needs no mask for it.

    What is masked, and the order, are those of the seed and of `epoch`: the next one
    starts where `epoch` is set. With `in_order` they are the same in every epoch. A
    `share` of 0 masks one token of each piece. Without one nothing is masked, and every
    token is to be predicted: that is for networks that do not see it where they do.

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
        first: int = 0,
    ) -> None:
        super().__init__()
        self.pieces, self.share = pieces, share
        self.batch_size, self.seed, self.in_order = batch_size, seed, in_order
        self.padded, self.epoch, self.first = padded, 0, first
        self._lengths = np.array([len(piece) for piece in pieces])
        self._number = sum(1 for _ in self._cut(np.argsort(self._lengths)))
        self._drawn: tuple[int, list[np.ndarray]] = (-1, [])

    def rest(self, first: int) -> "MaskedBatches":
        """Give the batches of the present epoch from one on."""
        own = (self.pieces, self.share, self.batch_size, self.seed, self.in_order)
        rest = MaskedBatches(*own, self.padded, first)
        rest.epoch = self.epoch
        return rest

    def __len__(self) -> int:
        """How many batches an epoch has, or is left of it."""
        return self._number - self.first

    def __getitem__(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        """Give a batch."""
        number += self.first
        rows = self._batches()[number]
        ids = np.full((len(rows), self._time(number)), PADDING, np.int32)
        for row, piece in enumerate(rows):
            ids[row, : self._lengths[piece]] = self.pieces[piece]
        return self._masked(ids, number)

    def _batches(self) -> list[np.ndarray]:
        """Draw the batches of the epoch: like lengths together, in any order."""
        epoch, batches = self._drawn
        if epoch != self.epoch:
            order = np.arange(len(self.pieces))
            rng = np.random.default_rng((self.seed, self.epoch))
            order = order if self.in_order else rng.permutation(order)
            order = order[np.argsort(self._lengths[order], kind="stable")]
            batches = list(self._cut(order))
            if not self.in_order:
                batches = [batches[k] for k in rng.permutation(len(batches))]
            self._drawn = self.epoch, self._first_two_apart(batches)
        return self._drawn[1]

    def _cut(self, order: np.ndarray) -> Iterator[np.ndarray]:
        """Cut pieces, the short ones first, into batches."""
        borders = np.flatnonzero(np.diff(self._lengths[order])) + 1
        for part in [order] if self.padded else np.split(order, borders):
            yield from np.split(
                part, range(self.batch_size, len(part), self.batch_size)
            )

    def _first_two_apart(self, batches: list[np.ndarray]) -> list[np.ndarray]:
        """Put a batch of another length second.

        Where the first two agree in it, Keras takes it for that of all.
        """
        lengths = [self._lengths[batch[0]] for batch in batches]
        other = np.flatnonzero(np.array(lengths) != lengths[0])
        if len(other) and not self.padded:
            second = int(other[0])
            batches[1], batches[second] = batches[second], batches[1]
        return batches

    def _time(self, number: int) -> int:
        """Give the length of a batch; padded, it is one of few: XLA compiles each once.

        Then it is 8, 16, 32, .. if its number is even, else 12, 24, 48, ..: see
        `_first_two_apart`.
        """
        longest = int(self._lengths[self._batches()[number]].max())
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
