"""Pairs in batches: sources, and targets one place late beside what is to be learnt.

    source   t h e   t h i r d
    before   </s> 1 9 9 4
    target   1 9 9 4 </s>
"""

from collections.abc import Sequence

import numpy as np

from keraslm.tasks.batches import NO_TAG, Batches, padded
from keraslm.tasks.pairs import Pair
from keraslm.tasks.translation.vocabulary import PairVocabulary


class PairBatches(Batches):
    """Batches of pairs, sources of about one length in each.

    What is not to be learnt, behind the end of a target, is -1 there. As of sources, the
    second batch is one place longer where the first two agree.
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
        self._targets = [target.ids(target.split(pair.target)) for pair in pairs]
        sources = [source.split(pair.source) for pair in pairs]
        super().__init__(sources, source, batch_size, seed)

    def __getitem__(self, number: int) -> tuple[tuple[np.ndarray, ...], np.ndarray]:
        """Give a batch."""
        source, targets = super().__getitem__(number)
        if number == 1 and targets.shape[1] == super().__getitem__(0)[1].shape[1]:
            targets = np.pad(targets, ((0, 0), (0, 1)), constant_values=NO_TAG)
        end = np.zeros((len(targets), 1), np.int32)
        before = np.concatenate([end, np.maximum(targets[:, :-1], 0)], axis=1)
        return (source, before), targets

    def targets(self, rows: np.ndarray, time: int) -> np.ndarray:
        """Give the targets, each with its end."""
        ended = [np.append(self._targets[row], np.int32(0)) for row in rows]
        return padded(ended, max(map(len, ended)), NO_TAG)
