"""What the output side of word2vec does, whichever softmax it has."""

from typing import Protocol

from keraslm.vectors.blocks import Array, Blocks, Ids


class Prediction(Protocol):
    """A loss whose gradient by the scores S = H V' is the examples x P - observed."""

    vocabulary: int  # words

    def columns(self, words: Ids) -> tuple[Ids, Ids, Array]:
        """Give the columns of blocks that observe these words.

        With the column of each word, and how often each column stands as noise.
        """

    def examples(self, blocks: Blocks, asked: Array) -> Array:
        """Give how often each row is asked for each column."""

    def probabilities(self, vectors: Array, hidden: Array) -> Array:
        """Give P of the scores of each column by each row."""
