"""The baseline of taggers: each word gets the tag that it most often had.

Math:   P(tag | word) = count(word, tag) / count(word)
        of a word that is not in the vocabulary, the counts of all words that are not
        in it; where there were none, those of all words
References: Charniak et al. (1993), how far this goes.
"""

import os
from typing import Any

import numpy as np

from keraslm.files import archive
from keraslm.tasks.columns import TaggedText
from keraslm.tasks.shape import MOST_FREQUENT
from keraslm.tasks.tagger import Tagger
from keraslm.tasks.vocabulary import TagVocabulary


class MostFrequentTagger(Tagger):
    """Counts of tags by word.  Shapes: counts (words, tags)"""

    def __init__(
        self,
        counts: np.ndarray,
        vocabulary: TagVocabulary,
        metadata: dict[str, Any],
        name: str = MOST_FREQUENT,
    ) -> None:
        super().__init__(name, vocabulary, metadata)
        self.counts = counts
        sums = counts.sum(axis=1, keepdims=True)
        all_words = counts.sum(axis=0, keepdims=True)
        self._shares = np.where(
            sums > 0, counts / np.maximum(sums, 1), all_words / max(all_words.sum(), 1)
        )

    @classmethod
    def count(cls, text: TaggedText, vocabulary: TagVocabulary) -> "MostFrequentTagger":
        """Count the tags of a text."""
        counts = np.zeros((len(vocabulary.words), len(vocabulary.tags)), np.int64)
        for sentence in text.sentences:
            ids = vocabulary.ids(sentence.words)
            np.add.at(counts, (ids, vocabulary.tag_ids(sentence.tags)), 1)
        return cls(counts, vocabulary, {})

    def read(self, ids: np.ndarray) -> np.ndarray:
        """Look every word up, whatever stands beside it."""
        shares: np.ndarray = self._shares[ids]
        return shares

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model as one file."""
        described = {
            "kind": archive.TAGGER,
            "name": self.name,
            "encoder": self.vocabulary.to_dict(),
            "metadata": self.metadata,
        }
        archive.write_model(path, described, {"counts": self.counts})
