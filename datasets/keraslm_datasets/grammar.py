"""Weighted context-free grammars: rules, and what can be computed from rules alone.

A rule `A -> B c` of weight w is chosen with probability p = w / (sum of A's weights).
The probability of a derivation is the product of the probabilities of its rules, and
where every sentence has one derivation this is the probability of the sentence. Then
entropy and length are linear in the rules, and their expectations are the solutions
of linear equations: no sample is needed.

References: Grenander (1967), Soule (1974), the entropy of probabilistic grammars.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from keraslm.errors import KeraslmError


class GrammarError(KeraslmError, ValueError):
    """A rule file that does not say a grammar: the line of the file, and the reason."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line} of the grammar: {reason}")
        self.line = line
        self.reason = reason


@dataclass(frozen=True)
class Part:
    """One symbol on the right of a rule: a word if it has a tag, else a non-terminal.

    `labels` name its roles in the rule (subject, verb, i, j); `head` marks the part
    that stands for the whole, as the noun stands for the noun phrase.
    """

    symbol: str
    tag: str | None = None
    labels: tuple[str, ...] = ()
    head: bool = False

    def __str__(self) -> str:
        labels = "".join(f"{label}:" for label in self.labels)
        tag = f"/{self.tag}" if self.tag else ""
        return f"{labels}{'*' if self.head else ''}{self.symbol}{tag}"


@dataclass(frozen=True)
class Rule:
    """`left -> parts`, chosen in proportion to `weight`; `line` is where it stands."""

    left: str
    parts: tuple[Part, ...]
    weight: int = 1
    line: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return f"{self.left} -> {self.weight} {' '.join(map(str, self.parts))}"

    @property
    def head(self) -> int:
        """The position of the part that is marked as head, or else of the first."""
        marked = (i for i, part in enumerate(self.parts) if part.head)
        return next(marked, 0)


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
        self.rules = _reachable(given)
        self.classes = dict(classes or {})
        self.paradigms = dict(paradigms or {})
        _check_rules(self)
        self._check_expectations()

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

    def _check_expectations(self) -> None:
        """Sentences must end, and so that their means are finite, soon enough."""
        if self.spectral_radius >= 1 - 1e-9:
            raise GrammarError(
                self.rules[0].line,
                "derivations must end with probability one, so the largest eigenvalue "
                f"must be below 1; it is {self.spectral_radius:.3f}: give recursive "
                "rules less weight",
            )


def _reachable(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """The rules that a sentence may use; each of their symbols must have a rule."""
    by_left: dict[str, list[Rule]] = {}
    for rule in rules:
        by_left.setdefault(rule.left, []).append(rule)
    seen, waiting = {rules[0].left}, [rules[0].left]
    while waiting:
        for rule in by_left[waiting.pop()]:
            for part in rule.parts:
                if part.tag is None and part.symbol not in seen:
                    if part.symbol not in by_left:
                        raise GrammarError(
                            rule.line, f"{part.symbol} is used but has no rule"
                        )
                    seen.add(part.symbol)
                    waiting.append(part.symbol)
    return tuple(rule for rule in rules if rule.left in seen)


def _check_rules(grammar: Grammar) -> None:
    """No rule is empty, weightless or written twice; no symbol is left-recursive."""
    seen = set()
    for rule in grammar.rules:
        if not rule.parts or rule.weight < 1:
            raise GrammarError(
                rule.line, f"a rule needs a part and a weight of 1 or more: {rule}"
            )
        shape = (rule.left, tuple(part.symbol for part in rule.parts))
        if shape in seen:
            raise GrammarError(
                rule.line,
                f"{rule.left} -> {' '.join(shape[1])} is written twice, so that its "
                "sentences have two derivations",
            )
        seen.add(shape)
    _check_left_recursion(grammar)


def _check_left_recursion(grammar: Grammar) -> None:
    """No symbol may begin with itself, for reading goes from left to right."""
    open_symbols = {
        left: {grammar.rules[n].parts[0].symbol for n in numbers}
        for left, numbers in grammar.rules_of.items()
    }
    while open_symbols:
        # A symbol is closed when everything it begins with is a word or is closed.
        closed = [s for s in open_symbols if not open_symbols[s] & open_symbols.keys()]
        if not closed:
            symbol = _on_a_cycle(open_symbols)
            raise GrammarError(
                grammar.rules[grammar.rules_of[symbol][0]].line,
                f"{symbol} may begin with itself, directly or through other symbols; "
                "write the recursion on the right",
            )
        for symbol in closed:
            del open_symbols[symbol]


def _on_a_cycle(firsts: Mapping[str, set[str]]) -> str:
    """A symbol that begins with itself, when each begins with another of them."""
    symbol = min(firsts)
    seen: set[str] = set()
    while symbol not in seen:
        seen.add(symbol)
        symbol = min(firsts[symbol] & firsts.keys())
    return symbol
