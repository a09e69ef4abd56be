"""A count model whose table is on the disk, from its counting to its file."""

import dataclasses
import time
from typing import Any, Self

import numpy as np

from keraslm.card import Reading
from keraslm.counts.model import NgramModel, settings_of
from keraslm.counts.on_disk.estimating import estimate_on_disk, fit_on_disk
from keraslm.counts.on_disk.likelihood import Likelihood
from keraslm.counts.on_disk.ngrams import NgramsOnDisk, count_ngrams_on_disk
from keraslm.counts.smoothing import Smoothing
from keraslm.counts.smoothings import DEFAULT, smoothing_named
from keraslm.files.spilled import Workspace
from keraslm.text.encoder import TextEncoder
from keraslm.text.text import Text


class NgramModelOnDisk(NgramModel):
    """The model that `NgramModel.train` gives, number for number, in little memory.

    It answers from the disk. `save` writes the file of an `NgramModel`, which is how
    it is kept: what it holds itself is gone with the process.
    """

    training: Likelihood
    """What the model makes of the text that was counted."""
    counted: Any
    """The ids of that text."""

    @classmethod
    def train_on_disk(
        cls,
        encoder: TextEncoder,
        ids: Any,
        workspace: Workspace,
        order: int = 3,
        smoothing: str | Smoothing = DEFAULT,
        valid: np.ndarray | None = None,
        prune: tuple[int, ...] = (),
    ) -> Self:
        """Count a text's n-grams and smooth them, as `train`, in a workspace.

        Shapes: ids (tokens,), in memory or on the disk; valid (tokens,)
        Raises: as `train`; KeraslmError if the disk is full.
        """
        vocabulary = encoder.vocabulary
        ngrams = count_ngrams_on_disk(
            ids, len(vocabulary), order, workspace, vocabulary.boundary_id
        )
        return cls.smooth_on_disk(encoder, ngrams, smoothing, valid, prune)

    @classmethod
    def smooth_on_disk(
        cls,
        encoder: TextEncoder,
        ngrams: NgramsOnDisk,
        smoothing: str | Smoothing = DEFAULT,
        valid: np.ndarray | None = None,
        prune: tuple[int, ...] = (),
    ) -> Self:
        """Smooth n-grams that were counted; see `train_on_disk`."""
        if isinstance(smoothing, str):
            smoothing = fit_on_disk(smoothing_named(smoothing), ngrams, valid)
        smoothed = estimate_on_disk(smoothing, ngrams, prune)
        model = cls(encoder, smoothed.table, settings_of(smoothing, prune))
        model.training = smoothed.training
        model.counted = ngrams.ids
        return model

    def read(self, text: Any, ids: Any = None) -> Reading:
        """Predict every token once, as `NgramModel.read`.

        Of the text that was counted nothing is looked up: the counts say what it costs.
        """
        if ids is not self.counted:
            return super().read(text, ids)
        return self._read_training_text(text, ids)

    def _read_training_text(self, text: Text, ids: Any) -> Reading:
        start = time.perf_counter()
        # what a grammar is asked is of a text in memory
        known: Any = ids if text.language is None else ids[:]
        nothing = np.zeros(0)
        seconds = time.perf_counter() - start
        return CountedReading(text, known, nothing, seconds, training=self.training)


@dataclasses.dataclass(frozen=True)
class CountedReading(Reading):
    """The text that was counted, of which only sums are known."""

    training: Likelihood = dataclasses.field(kw_only=True)

    @property
    def nats(self) -> float:
        """What the whole text costs."""
        return self.training.nats

    def count(self, token_id: int) -> int:
        """Count how often a token occurs."""
        return int(self.training.counts[token_id])

    def figures(self, unknown_id: int) -> dict[str, float | int]:
        """Average the cost of the tokens, with and without the unknown ones."""
        return self.training.figures(unknown_id)
