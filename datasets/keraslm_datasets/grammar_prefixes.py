"""Reading with a weighted grammar: exact probabilities word by word.

The reader keeps every stack of symbols that may still come, with its probability. A
word is read by replacing the top of each stack in all ways that begin with the word
(Greibach's normal form, made as it is needed). The probability of a beginning is the
sum over the stacks; what is left on them will come with probability one. So the
probability of each next word is exact, as no model trained on text can know it.

Math:       P(w_t | w_1 .. w_{t-1}) = P(w_1 .. w_t ...) / P(w_1 .. w_{t-1} ...)
References: Greibach (1965); Jelinek & Lafferty (1991) and Stolcke (1995), who treat
    left recursion as well, which the grammars here do not have.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from keraslm_datasets.grammar import Grammar

LINE_END = "</s>"
EMPTY = 0  # the number of the empty stack
_MANY = 1_000_000  # stacks that are remembered from line to line

_Left = list[tuple[tuple[int, ...], float]]


@dataclass(frozen=True)
class Beginning:
    """A way in which a symbol begins with a word: what is left, and the rules used."""

    probability: float
    left: tuple[int, ...]
    rules: tuple[int, ...]


class Stacks:
    """Stacks of symbols as numbers: equal stacks have one number, and can be summed."""

    def __init__(self) -> None:
        self.cells: list[tuple[int, int]] = [(-1, EMPTY)]
        self._number: dict[tuple[int, int], int] = {}

    def push(self, symbols: Sequence[int], below: int) -> int:
        """The stack with `symbols` on top of `below`, the first one uppermost."""
        for symbol in reversed(symbols):
            cell = (symbol, below)
            below = self._number.setdefault(cell, len(self.cells))
            if below == len(self.cells):
                self.cells.append(cell)
        return below


@dataclass(frozen=True)
class Prefix:
    """A line up to some word: P(stack | words so far); none if it is impossible.

    It is never changed, so that it can be kept and gone on from.
    """

    stacks: Stacks
    weights: dict[int, float]


class PrefixReader:
    """Exact probabilities of the beginnings of sentences under a grammar."""

    def __init__(self, grammar: Grammar) -> None:
        self.grammar = grammar
        self._numbers = {word: i for i, word in enumerate(grammar.words)}
        self._rules_of = [grammar.rules_of[symbol] for symbol in grammar.nonterminals]
        self._first = len(self._numbers) + grammar.nonterminals.index(grammar.start)
        self._beginnings: dict[tuple[int, int], list[Beginning]] = {}
        self._left: dict[tuple[int, ...], dict[int, _Left]] = {}  # by words, symbol
        self._first_words: dict[int, np.ndarray] = {}
        self._forget()

    def _forget(self) -> None:
        """Start what is remembered from line to line: stacks, and the first word."""
        stacks = Stacks()
        self._start = Prefix(stacks, {stacks.push([self._first], EMPTY): 1.0})
        self._openings: dict[tuple[int, ...], tuple[Prefix, float]] = {}

    @property
    def words(self) -> tuple[str, ...]:
        """The vocabulary, sorted: a word's number is its place."""
        return self.grammar.words

    def start(self) -> Prefix:
        """The prefix before the first word: the start symbol is its only stack."""
        if len(self._start.stacks.cells) > _MANY:
            self._forget()
        return self._start

    def read(self, prefix: Prefix, words: Sequence[int]) -> tuple[Prefix, float]:
        """The prefix after one more word, and P(that word | the words before).

        Of several words it is not known which one was read: the probability is that of
        any of them, and the prefix that of all of them, weighted.
        """
        key = tuple(words)
        if prefix is not self._start:
            return self._read(prefix, key)
        if key not in self._openings:
            self._openings[key] = self._read(prefix, key)
        return self._openings[key]

    def _read(self, prefix: Prefix, words: tuple[int, ...]) -> tuple[Prefix, float]:
        after: dict[int, float] = {}
        stacks, known = prefix.stacks, self._left.setdefault(words, {})
        for stack, weight in prefix.weights.items():
            top, below = stacks.cells[stack]
            if stack != EMPTY and top not in known:
                known[top] = self._left_of(top, words)
            for left, probability in known[top] if stack != EMPTY else ():
                new = stacks.push(left, below)
                after[new] = after.get(new, 0.0) + weight * probability
        total = sum(after.values())
        return Prefix(stacks, {s: weight / total for s, weight in after.items()}), total

    def _left_of(self, symbol: int, words: tuple[int, ...]) -> _Left:
        """What is left of a symbol that began with any of some words, and P of it."""
        found: dict[tuple[int, ...], float] = {}
        for word in words:
            for way in self.ways(symbol, word):
                found[way.left] = found.get(way.left, 0.0) + way.probability
        return list(found.items())

    def end(self, prefix: Prefix) -> float:
        """P(the sentence ends here | its words so far)."""
        return prefix.weights.get(EMPTY, 0.0)

    def next_words(self, prefix: Prefix) -> np.ndarray:
        """P(next word | the words so far) for each word; with `end` it sums to one.

        Shapes: -> (words,)
        """
        tops: dict[int, float] = {}
        for stack, weight in prefix.weights.items():
            if stack != EMPTY:
                top = prefix.stacks.cells[stack][0]
                tops[top] = tops.get(top, 0.0) + weight
        vector = np.zeros(len(self._numbers))
        for top, weight in tops.items():
            vector += weight * self._firsts(top)
        return vector

    def token_log_probabilities(self, tokens: Sequence[str]) -> np.ndarray:
        """The log P(word | the words before it) in nats, and of the end after the last.

        Shapes: (len(tokens) + 1,); -inf from the first word on that cannot follow.
        """
        logs = np.full(len(tokens) + 1, -np.inf)
        prefix = self.start()
        for position, token in enumerate(tokens):
            prefix, probability = self.read(prefix, self._number(token))
            if not probability:
                return logs
            logs[position] = np.log(probability)
        if end := self.end(prefix):
            logs[-1] = np.log(end)
        return logs

    def next_probabilities(self, tokens: Sequence[str]) -> dict[str, float]:
        """P(next word | the words so far), `</s>` for the end; the possible ones only.

        After words that begin no sentence there is no distribution: an empty dict.
        """
        prefix = self.start()
        for token in tokens:
            prefix, _ = self.read(prefix, self._number(token))
        vector, end = self.next_words(prefix), self.end(prefix)
        found = {self.words[i]: float(vector[i]) for i in np.flatnonzero(vector)}
        return found | ({LINE_END: end} if end else {})

    def _number(self, token: str) -> tuple[int]:
        return (self._numbers.get(token, -1),)

    def ways(self, symbol: int, word: int) -> list[Beginning]:
        """All ways in which a symbol begins with a word."""
        key = (symbol, word)
        if key not in self._beginnings:
            self._beginnings[key] = list(self._find_ways(symbol, word))
        return self._beginnings[key]

    def _find_ways(self, symbol: int, word: int) -> Iterator[Beginning]:
        if symbol < len(self._numbers):
            if symbol == word:
                yield Beginning(1.0, (), ())
            return
        for number in self._rules_of[symbol - len(self._numbers)]:
            parts = self.grammar.numbered_parts[number]
            p = float(self.grammar.probabilities[number])
            for first in self.ways(parts[0], word):
                left, rules = first.left + parts[1:], (number, *first.rules)
                yield Beginning(p * first.probability, left, rules)

    def _firsts(self, symbol: int) -> np.ndarray:
        """P(word is the first one of a symbol) for each word.  Shapes: (words,)"""
        if symbol not in self._first_words:
            vector = np.zeros(len(self._numbers))
            if symbol < len(self._numbers):
                vector[symbol] = 1.0
            else:
                for number in self._rules_of[symbol - len(self._numbers)]:
                    first = self.grammar.numbered_parts[number][0]
                    vector += self.grammar.probabilities[number] * self._firsts(first)
            self._first_words[symbol] = vector
        return self._first_words[symbol]
