"""Pairs in batches: sources, and targets one place late beside what is to be learnt.

source   t h e   t h i r d
before   </s> 1 9 9 4
target   1 9 9 4 </s>
"""

from collections.abc import Sequence

import numpy as np

from keraslm.tasks.batches import NO_TAG, WordBatches, padded
from keraslm.tasks.pairs import Pair
from keraslm.tasks.translation.vocabulary import PairVocabulary


class PairBatches(WordBatches):
    """Batches of pairs, sources of about one length in each.

    What is not to be learnt, behind the end of a target, is -1 there.
    Shapes: (ids of the source (batch, sources), of the target before each place
            (batch, time)), ids of the target (batch, time); all int32
    """

    def __init__(
        self,
        pairs: Sequence[Pair],
        vocabulary: PairVocabulary,
        batch_size: int = 32,
        seed: int | None = None,
    ) -> None:
        source, target = vocabulary
        end = np.zeros(1, np.int32)
        self._targets = [
            np.concatenate([target.ids(target.split(pair.target)), end])
            for pair in pairs
        ]
        sources = [source.split(pair.source) for pair in pairs]
        super().__init__(sources, source, batch_size, seed)

    def batch(
        self, rows: np.ndarray, time: int
    ) -> tuple[tuple[np.ndarray, ...], np.ndarray]:
        """Give sources and what stands before each place, and the targets."""
        source, targets = super().batch(rows, time)
        end = np.zeros((len(targets), 1), np.int32)
        before = np.concatenate([end, np.maximum(targets[:, :-1], 0)], axis=1)
        return (source, before), targets

    def targets(self, rows: np.ndarray, time: int) -> np.ndarray:
        """Give the targets with their ends; as long as `time`, even or odd."""
        targets = [self._targets[row] for row in rows]
        longest = max(map(len, targets))
        return padded(targets, longest + (time + longest) % 2, NO_TAG)
