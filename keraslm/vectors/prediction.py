"""What the output side of word2vec does, whichever softmax it has."""

from typing import Protocol

from keraslm.vectors.blocks import Array, Block, Ids, Places


class Prediction(Protocol):
    """A loss whose gradient by the scores S = H V' is the examples x P - observed."""

    vocabulary: int  # words

    def columns(self, words: Ids) -> tuple[Places, Array]:
        """Give the columns of blocks that observe these words, and their noise."""

    def examples(self, block: Block, asked: Array) -> Array:
        """Give how often each row is asked for each column."""

    def probabilities(self, vectors: Array, hidden: Array) -> Array:
        """Give P of the scores of each column by each row."""
