"""Weighted context-free grammars: rules, and what can be computed from rules alone.

A rule `A -> B c` of weight w is chosen with probability p = w / (sum of A's weights).
The probability of a derivation is the product of the probabilities of its rules, and
where every sentence has one derivation this is the probability of the sentence. Then
entropy and length are linear in the rules, and their expectations are the solutions
of linear equations: no sample is needed.

References: Grenander (1967), Soule (1974), the entropy of probabilistic grammars.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property

import numpy as np

from keraslm_datasets.grammar_rules import GrammarError, Rule, check_rules, reachable


class Grammar:
    """A weighted context-free grammar; its start is the left side of its first rule.

    `classes` gives the class of each word that stands in a word list; `paradigms` gives
    for a (non-terminal, word) the forms of the word under each value of its feature.

    Raises: GrammarError if a symbol has no rule, a symbol begins with itself, or
        derivations do not end with probability one.
    """

    def __init__(
        self,
        rules: Iterable[Rule],
        classes: Mapping[str, str] | None = None,
        paradigms: Mapping[tuple[str, str], Mapping[str, str]] | None = None,
    ) -> None:
        given = tuple(rules)
        if not given:
            raise GrammarError(1, "a grammar needs at least one rule; received none")
        self.start = given[0].left
        self.rules = reachable(given)
        self.classes = dict(classes or {})
        self.paradigms = dict(paradigms or {})
        check_rules(self.rules)
        self._check_end()

    def __str__(self) -> str:
        return "".join(f"{rule}\n" for rule in self.rules)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Grammar) and self.rules == other.rules

    def __hash__(self) -> int:
        return hash(self.rules)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The vocabulary, sorted."""
        parts = (part for rule in self.rules for part in rule.parts)
        return tuple(sorted({part.symbol for part in parts if part.tag}))

    @cached_property
    def nonterminals(self) -> tuple[str, ...]:
        """The symbols that have rules, in the order of their first rules."""
        return tuple(dict.fromkeys(rule.left for rule in self.rules))

    @cached_property
    def numbered_parts(self) -> tuple[tuple[int, ...], ...]:
        """The parts of each rule as numbers: words first, then non-terminals."""
        words = {word: i for i, word in enumerate(self.words)}
        symbols = {s: len(words) + i for i, s in enumerate(self.nonterminals)}
        return tuple(
            tuple(words[p.symbol] if p.tag else symbols[p.symbol] for p in rule.parts)
            for rule in self.rules
        )

    @cached_property
    def rules_of(self) -> dict[str, tuple[int, ...]]:
        """The numbers of the rules of each non-terminal."""
        found: dict[str, list[int]] = {symbol: [] for symbol in self.nonterminals}
        for number, rule in enumerate(self.rules):
            found[rule.left].append(number)
        return {symbol: tuple(numbers) for symbol, numbers in found.items()}

    @cached_property
    def probabilities(self) -> np.ndarray:
        """p(rule | its left side), for each rule.  Shapes: (rules,)"""
        totals = {
            symbol: sum(self.rules[number].weight for number in numbers)
            for symbol, numbers in self.rules_of.items()
        }
        return np.array([rule.weight / totals[rule.left] for rule in self.rules])

    @cached_property
    def expected_parts(self) -> np.ndarray:
        """How often B is expected among the parts of A, after one rule.

        Math:   M[A, B] = sum over rules of A of p(rule) * (number of B in the rule)
        Shapes: (nonterminals, nonterminals)
        """
        index = {symbol: i for i, symbol in enumerate(self.nonterminals)}
        matrix = np.zeros((len(index), len(index)))
        for rule, p in zip(self.rules, self.probabilities, strict=True):
            for part in rule.parts:
                if part.tag is None:
                    matrix[index[rule.left], index[part.symbol]] += p
        return matrix

    @cached_property
    def spectral_radius(self) -> float:
        """The largest |eigenvalue| of M; below one, sentences end, means are finite."""
        return float(np.abs(np.linalg.eigvals(self.expected_parts)).max())

    def expectation(self, own: np.ndarray) -> float:
        """The mean over sentences of a quantity that adds up over the rules used.

        Math:   E(A) = sum over rules of A of p(rule) * (own(rule) + sum of E(parts)),
                that is (I - M) E = sum of p * own
        Shapes: own (rules,)
        """
        index = {symbol: i for i, symbol in enumerate(self.nonterminals)}
        left = [index[rule.left] for rule in self.rules]
        size = len(index)
        constant = np.bincount(left, self.probabilities * own, minlength=size)
        means = np.linalg.solve(np.eye(size) - self.expected_parts, constant)
        return float(means[index[self.start]])

    def entropy(self) -> float:
        """The entropy of derivations in nats: own(rule) = -log p(rule)."""
        return self.expectation(-np.log(self.probabilities))

    def length(self) -> float:
        """The mean number of words: own(rule) = the number of words in the rule."""
        words = [sum(part.tag is not None for part in r.parts) for r in self.rules]
        return self.expectation(np.array(words, dtype=float))

    def _check_end(self) -> None:
        """Sentences must end, and so that their means are finite, soon enough."""
        if self.spectral_radius >= 1 - 1e-9:
            raise GrammarError(
                self.rules[0].line,
                "derivations must end with probability one, so the largest eigenvalue "
                f"must be below 1; it is {self.spectral_radius:.3f}: give recursive "
                "rules less weight",
            )
