"""The words of a language as a tree of their tokens: characters, or whole words."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from keraslm.errors import UsageError
from keraslm.text.encoder import TextEncoder
from keraslm.text.vocabulary import Vocabulary


@dataclass(frozen=True)
class Node:
    """What begins with some tokens: the words order[start:stop], of `WordTree.order`.

    Those of order[start:own] are spelt with these tokens alone. `children` gives the
    node of each token that may follow; `ids` are these tokens, and `starts` is where
    the words of each begin.
    """

    start: int
    own: int
    stop: int
    children: dict[int, "Node"]
    ids: np.ndarray
    starts: np.ndarray


class WordTree:
    """Every word of a language as an encoder spells it.

    At the level of characters a space stands between words, whose id is `space`; at
    that of words it is None. A word or character that the vocabulary lacks is `<unk>`,
    so several words may be spelt alike.

    Raises: UsageError where one cannot tell from the tokens where a word ends.
    """

    def __init__(self, words: Sequence[str], encoder: TextEncoder) -> None:
        spelt = [tuple(encoder.encode_prompt(word)) for word in words]
        self.space = _space(encoder)
        numbers = sorted(range(len(words)), key=spelt.__getitem__)
        self.order = np.array(numbers)
        self._spelt = [spelt[number] for number in numbers]
        self.root = self._node(0, len(words), 0)

    def _node(self, start: int, stop: int, depth: int) -> Node:
        """Give the node of words that agree up to `depth`; they are sorted."""
        own = start
        while own < stop and len(self._spelt[own]) == depth:
            own += 1
        if start < own < stop and self.space is None:
            raise UsageError(
                "the truth is told of words or characters; the tokenizer of this model "
                "cuts words so that one may begin like another: train without "
                "`tokenize`"
            )
        children, starts = {}, []
        by_token = itertools.groupby(
            range(own, stop), key=lambda place: self._spelt[place][depth]
        )
        for token, group in by_token:
            places = list(group)
            starts.append(places[0])
            children[token] = self._node(places[0], places[-1] + 1, depth + 1)
        return Node(
            start, own, stop, children, np.array([*children], int), np.array(starts)
        )


def _space(encoder: TextEncoder) -> int | None:
    if encoder.tokenizer.level == "word":
        return None
    (space,) = encoder.encode_prompt(" ")
    if space == Vocabulary.unknown_id:
        raise UsageError(
            "the truth is told of characters with a space between words; the "
            "vocabulary of this model has none: give a model that learnt the language"
        )
    return space
