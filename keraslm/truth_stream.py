"""A grammar reading or writing a text, token by token."""

from typing import Any

import numpy as np

from keraslm.errors import UsageError
from keraslm.sampling.stream import TokenStream
from keraslm.text.encoder import TextEncoder
from keraslm.text.language import PrefixReader
from keraslm.word_tree import WordTree


class ImpossiblePrefix(UsageError):
    """No line of the language begins so: nothing can be said of the next token."""


class TruthStream(TokenStream):
    """The whole words of the line so far, and the tokens of the word that is begun.

    A token that the vocabulary lacks is `<unk>`, whose probability is the sum over all
    that it lacks. The stream sees what a model sees: of an unknown token in the history
    it knows that it was one of these, not which.

    Math:   P(t | line, tokens u of a word) = sum P(w | line) over words that begin u t
                                            / sum P(w | line) over words that begin u
    Raises: UsageError, as `WordTree`.
    """

    def __init__(self, grammar: PrefixReader, encoder: TextEncoder) -> None:
        self._grammar, self._vocabulary = grammar, encoder.vocabulary
        self._tree = WordTree(grammar.words, encoder)
        self._begin_line()

    def _begin_line(self) -> None:
        self._place = 0  # tokens of the line so far
        self._impossible: str | None = None  # where the line stopped being possible
        self._begin_word(self._grammar.start(), 1.0)

    def _begin_word(self, prefix: Any, mass: float) -> None:
        self._prefix = prefix
        self._node = self._tree.root
        self._mass = mass  # P(the tokens of the word that is begun | whole words)
        self._words: np.ndarray | None = None  # P(word | whole words), in tree order

    def next_log_probabilities(self) -> np.ndarray:
        """Give log P(w | the line so far) for every w.

        Shapes: -> (vocabulary,) float64, in nats
        Raises: ImpossiblePrefix if no line begins so.
        """
        if self._impossible is not None:
            raise ImpossiblePrefix(
                f"no line of the language begins so: {self._impossible}; leave it out, "
                "or begin a new line"
            )
        node, found = self._node, np.zeros(len(self._vocabulary))
        if node.children:
            masses = np.add.reduceat(self._masses()[: node.stop], node.starts)
            found[node.ids] = masses
        if self._tree.space is None:
            if node is self._tree.root:
                found[self._vocabulary.boundary_id] = self._grammar.end(self._prefix)
        elif node.own > node.start:
            _, mass, end = self._read_words(node.start, node.own)
            found[self._tree.space] = mass * (1 - end)
            found[self._vocabulary.boundary_id] = mass * end
        with np.errstate(divide="ignore"):  # log 0 is -inf: it cannot follow
            return np.log(found / found.sum())

    def push(self, token_id: int) -> None:
        """Append one token to the history; the boundary starts a new line."""
        self.read(token_id)

    def log_probabilities(self, ids: np.ndarray) -> np.ndarray:
        """Append every token of a text, and give log P of each when its turn came.

        Shapes: ids (tokens,) -> (tokens,) float64, in nats
        """
        with np.errstate(divide="ignore"):
            return np.log(np.array([self.read(token) for token in ids.tolist()]))

    def read(self, token_id: int) -> float:
        """Append one token, and give P(token | the line so far).

        It is 0 from the first token on that cannot follow, up to the end of the line.
        """
        probability = 0.0 if self._impossible is not None else self._read(token_id)
        if token_id == self._vocabulary.boundary_id:
            self._begin_line()
            return probability
        self._place += 1
        if not probability and self._impossible is None:
            token = self._vocabulary.token(token_id)
            self._impossible = (
                f"token {self._place} of the line, {token!r}, cannot follow"
            )
        return probability

    def _read(self, token_id: int) -> float:
        if self._tree.space is not None:
            return self._read_character(token_id)
        if token_id == self._vocabulary.boundary_id:
            at_root = self._node is self._tree.root
            return self._grammar.end(self._prefix) if at_root else 0.0
        child = self._node.children.get(token_id)
        if child is None or child.children:
            return self._go_down(token_id)
        before = self._mass
        prefix, mass, _ = self._read_words(child.start, child.own)
        self._begin_word(prefix, 1.0)
        return mass / before

    def _read_character(self, token_id: int) -> float:
        ends = (self._tree.space, self._vocabulary.boundary_id)
        if token_id not in ends:
            return self._go_down(token_id)
        node, before = self._node, self._mass
        if node.own == node.start:
            return 0.0
        prefix, mass, end = self._read_words(node.start, node.own)
        if token_id != self._tree.space:
            return mass * end / before
        self._begin_word(prefix, 1 - end)
        return mass * (1 - end) / before

    def _go_down(self, token_id: int) -> float:
        """Go on with the word that is begun."""
        child = self._node.children.get(token_id)
        if child is None:
            return 0.0
        mass, before = float(self._masses()[child.start : child.stop].sum()), self._mass
        self._node, self._mass = child, mass
        return mass / before

    def _masses(self) -> np.ndarray:
        if self._words is None:
            words = self._grammar.next_words(self._prefix)
            self._words = words[self._tree.order]
        return self._words

    def _read_words(self, start: int, stop: int) -> tuple[Any, float, float]:
        """Give the prefix after one of the words, P(one of them), P(end | it)."""
        words = self._tree.order[start:stop].tolist()
        prefix, mass = self._grammar.read(self._prefix, words)
        return prefix, mass, self._grammar.end(prefix)
