"""Sentences drawn from a weighted grammar, thousands at a time.

Every sentence starts as the start symbol. In each round all non-terminals of all
sentences are replaced at once, each by the parts of a rule chosen by its weight, until
only words are left. The choice is between whole numbers, so that the same stream of
random numbers gives the same sentences on every machine.
"""

from collections.abc import Iterator

import numpy as np

from keraslm_datasets.grammar import Grammar


class Sampler:
    """Draws sentences as arrays of word numbers (positions in `grammar.words`)."""

    def __init__(self, grammar: Grammar) -> None:
        self.words = np.array(grammar.words, dtype=object)
        self._first = len(grammar.words)  # symbols from here on are non-terminals
        self._start = self._first + grammar.nonterminals.index(grammar.start)
        ordered = [n for numbers in grammar.rules_of.values() for n in numbers]
        rules = [grammar.rules[number] for number in ordered]
        # Rule r is chosen by the whole numbers from upper[r - 1] to upper[r] - 1.
        self._upper = np.cumsum([rule.weight for rule in rules])
        self._logs = np.log(grammar.probabilities[ordered])
        counts = [len(numbers) for numbers in grammar.rules_of.values()]
        last = np.cumsum(counts) - 1
        self._total = np.diff(self._upper[last], prepend=0)
        self._lower = self._upper[last] - self._total
        parts = [grammar.numbered_parts[number] for number in ordered]
        self._parts = np.array([p for rule in parts for p in rule], dtype=np.int32)
        self._length = np.array([len(rule) for rule in parts])
        self._offset = np.cumsum(self._length) - self._length

    def draw(
        self, count: int, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Draw `count` sentences, one after another in one array.

        Shapes: words (n,), the sentence of each word (n,) ascending, and the
            log-probability in nats of the derivation of each sentence (count,)
        """
        symbols = np.full(count, self._start, dtype=np.int32)
        owner = np.arange(count, dtype=np.int32)
        logs = np.zeros(count)
        while (places := np.flatnonzero(symbols >= self._first)).size:
            rules = self._choose(symbols[places] - self._first, rng)
            logs += np.bincount(owner[places], self._logs[rules], minlength=count)
            symbols, owner = self._replace(symbols, owner, places, rules)
        return symbols, owner, logs

    def _choose(self, nonterminals: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """A rule for each non-terminal."""
        uniform = rng.random(nonterminals.size)
        ticket = (uniform * self._total[nonterminals]).astype(np.int64)
        ticket += self._lower[nonterminals]
        return np.searchsorted(self._upper, ticket, side="right")

    def _replace(
        self,
        symbols: np.ndarray,
        owner: np.ndarray,
        places: np.ndarray,
        rules: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray]:
        """The symbols after each non-terminal at `places` became its rule's parts."""
        length = np.ones(symbols.size, dtype=np.int64)
        length[places] = self._length[rules]
        # New symbol number k is source[k]; a word is copied, a part is looked up.
        source = np.repeat(np.arange(symbols.size), length)
        new = symbols[source]
        begin = (np.cumsum(length) - length)[places]
        width = self._length[rules]
        within = np.arange(width.sum()) - np.repeat(np.cumsum(width) - width, width)
        target = np.repeat(begin, width) + within
        new[target] = self._parts[np.repeat(self._offset[rules], width) + within]
        return new, owner[source]

    def sentences(self, count: int, rng: np.random.Generator) -> Iterator[str]:
        """Draw `count` sentences as strings, words separated by single spaces."""
        symbols, owner, _ = self.draw(count, rng)
        ends = np.cumsum(np.bincount(owner, minlength=count)).tolist()
        words = self.words[symbols].tolist()
        begin = 0
        for end in ends:
            yield " ".join(words[begin:end])
            begin = end
