"""What may stand in a blank of a sentence, by its grammar: exact, from both sides.

The words before the blank give each stack of symbols that may still come a weight, as
in `PrefixReader`. The words behind it are read from every stack that a word in the
blank can leave; that they come, and then the end, has a probability.

Math:       P(w | all other words) = P(w_1 .. w .. w_n) / sum_v P(w_1 .. v .. w_n)
            P(w_1 .. w .. w_n) = sum_s a(s) sum_s' P(s -> w s') b(s'),   s, s' stacks
            a(s)  = P(s after the words before the blank)
            b(s') = P(the words behind the blank, and the end | s')
References: Baum (1972), forward and backward.
"""

from collections.abc import Sequence

import numpy as np

from keraslm_datasets.grammar import Grammar
from keraslm_datasets.grammar_prefixes import EMPTY, PrefixReader, Stacks

Words = Sequence[tuple[int, ...]]  # of each place, the words of which one stands there
_Ways = list[tuple[tuple[int, ...], np.ndarray, np.ndarray]]


class BlankReader(PrefixReader):
    """Exact probabilities of beginnings, and of what stands in a blank."""

    def __init__(self, grammar: Grammar) -> None:
        super().__init__(grammar)
        self._ways_of: dict[tuple[int, tuple[int, ...]], _Ways] = {}
        self._all_ways_of: dict[int, _Ways] = {}

    def blanks(self, sentence: Words) -> np.ndarray:
        """Give P(word | all others) of every place, each made a blank in turn.

        Of several words at a place it is not known which one stands there.

        Shapes: -> (places, words); zeros where no sentence has those other words
        """
        prefix = self.start()
        behind = _Behind(self, prefix.stacks, sentence)
        found = np.zeros((len(sentence), len(self.words)))
        for place, words in enumerate(sentence):
            for stack, weight in prefix.weights.items():
                self._add(found[place], stack, weight, behind, place + 1)
            prefix, _ = self.read(prefix, words)
        totals = found.sum(axis=1, keepdims=True)
        return np.divide(found, totals, out=found, where=totals > 0)

    def _add(
        self,
        found: np.ndarray,
        stack: int,
        weight: float,
        behind: "_Behind",
        next_: int,
    ) -> None:
        """Add a(s) sum_s' P(s -> w s') b(s') of a stack s, for every word w."""
        top, below = behind.stacks.cells[stack]
        then = tuple(behind.sentence[next_]) if next_ < len(behind.sentence) else ()
        ways = self._by_left(top, then) if stack != EMPTY else ()
        for left, words, probabilities in ways:
            b = behind.probability(behind.stacks.push(left, below), next_)
            if b:
                found[words] += weight * b * probabilities

    def _by_left(self, symbol: int, then: tuple[int, ...]) -> _Ways:
        """Give what a first word may leave of a symbol; for each, the words and P.

        What leaves a symbol that cannot begin with any of the words `then`, those of
        the next place, is left out; behind the last place they are none.
        """
        key = (symbol, then)
        if key not in self._ways_of:
            self._ways_of[key] = [
                (left, words, probabilities)
                for left, words, probabilities in self._all_by_left(symbol)
                if not left or any(self.ways(left[0], word) for word in then)
            ]
        return self._ways_of[key]

    def _all_by_left(self, symbol: int) -> _Ways:
        if symbol not in self._all_ways_of:
            by_left: dict[tuple[int, ...], dict[int, float]] = {}
            for word in range(len(self.words)):
                for way in self.ways(symbol, word):
                    of_left = by_left.setdefault(way.left, {})
                    of_left[word] = of_left.get(word, 0.0) + way.probability
            self._all_ways_of[symbol] = [
                (left, np.array([*words]), np.array([*words.values()]))
                for left, words in by_left.items()
            ]
        return self._all_ways_of[symbol]


class _Behind:
    """P(the words from a place on, and the end | stack), of one sentence."""

    def __init__(self, reader: BlankReader, stacks: Stacks, sentence: Words) -> None:
        self._reader, self.stacks, self.sentence = reader, stacks, sentence
        self._known: dict[tuple[int, int], float] = {}

    def probability(self, stack: int, place: int) -> float:
        """Give b(stack) before the word of a place."""
        if place == len(self.sentence):
            return float(stack == EMPTY)
        if stack == EMPTY:
            return 0.0
        key = (stack, place)
        if key not in self._known:
            top, below = self.stacks.cells[stack]
            self._known[key] = sum(
                way.probability
                * self.probability(self.stacks.push(way.left, below), place + 1)
                for word in self.sentence[place]
                for way in self._reader.ways(top, word)
            )
        return self._known[key]
