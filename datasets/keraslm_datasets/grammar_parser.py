"""Reading with a weighted grammar: exact probabilities word by word, and the tree.

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
from dataclasses import dataclass, replace

import numpy as np

from keraslm_datasets.grammar import Grammar
from keraslm_datasets.grammar_rules import Part

LINE_END = "</s>"
_EMPTY = 0  # the number of the empty stack
_MANY = 1_000_000  # stacks that are remembered from line to line

# After a word: for each stack, the stacks it came from and the rules used in between.
_Step = dict[int, list[tuple[int, tuple[int, ...]]]]


@dataclass(frozen=True)
class Node:
    """A part in a derivation; a tree is a tuple of nodes, each before its children.

    `word` is the index of the first word below it; `rule` replaced a non-terminal.
    """

    part: Part
    parent: int
    word: int
    rule: int | None = None
    children: tuple[int, ...] = ()


@dataclass(frozen=True)
class _Beginning:
    """A way in which a symbol begins with a word: what is left, and the rules used."""

    probability: float
    left: tuple[int, ...]
    rules: tuple[int, ...]


class _Stacks:
    """Stacks of symbols as numbers: equal stacks have one number, and can be summed."""

    def __init__(self) -> None:
        self.cells: list[tuple[int, int]] = [(-1, _EMPTY)]
        self._number: dict[tuple[int, int], int] = {}

    def push(self, symbols: Sequence[int], below: int) -> int:
        """The stack with `symbols` on top of `below`, the first one uppermost."""
        for symbol in reversed(symbols):
            cell = (symbol, below)
            below = self._number.setdefault(cell, len(self.cells))
            if below == len(self.cells):
                self.cells.append(cell)
        return below


class Parser:
    """Exact probabilities and derivations of sentences under a grammar."""

    def __init__(self, grammar: Grammar) -> None:
        self.grammar = grammar
        self._words = {word: i for i, word in enumerate(grammar.words)}
        self._rules_of = [grammar.rules_of[symbol] for symbol in grammar.nonterminals]
        self._start = len(self._words) + grammar.nonterminals.index(grammar.start)
        self._beginnings: dict[tuple[int, int], list[_Beginning]] = {}
        self._first_words: dict[int, np.ndarray] = {}
        # What is remembered from line to line: stacks, and all about the first word.
        self._stacks = _Stacks()
        self._openings: dict[str, dict[int, float]] = {}
        self._opening_steps: dict[str, _Step] = {}

    def _ways(self, symbol: int, word: int) -> list[_Beginning]:
        """All ways in which a symbol begins with a word."""
        key = (symbol, word)
        if key not in self._beginnings:
            self._beginnings[key] = list(self._find_ways(symbol, word))
        return self._beginnings[key]

    def _find_ways(self, symbol: int, word: int) -> Iterator[_Beginning]:
        if symbol < len(self._words):
            if symbol == word:
                yield _Beginning(1.0, (), ())
            return
        for number in self._rules_of[symbol - len(self._words)]:
            parts = self.grammar.numbered_parts[number]
            p = float(self.grammar.probabilities[number])
            for first in self._ways(parts[0], word):
                left, rules = first.left + parts[1:], (number, *first.rules)
                yield _Beginning(p * first.probability, left, rules)

    def token_log_probabilities(self, tokens: Sequence[str]) -> np.ndarray:
        """The log P(word | the words before it) in nats, and of the end after the last.

        Shapes: (len(tokens) + 1,); -inf from the first word on that cannot follow.
        """
        logs = np.full(len(tokens) + 1, -np.inf)
        weights = self._before_the_first()
        for position, token in enumerate(tokens):
            weights, probability = self._read(weights, token, position == 0)
            if not weights:
                return logs
            logs[position] = np.log(probability)
        if weights.get(_EMPTY):
            logs[-1] = np.log(weights[_EMPTY])
        return logs

    def _before_the_first(self) -> dict[int, float]:
        """The only stack before the first word: the start symbol."""
        if len(self._stacks.cells) > _MANY:
            self._stacks, self._openings, self._opening_steps = _Stacks(), {}, {}
        return {self._stacks.push([self._start], _EMPTY): 1.0}

    def _read(
        self, weights: dict[int, float], token: str, is_first: bool
    ) -> tuple[dict[int, float], float]:
        """P(stack | words up to this one) of each stack, and P(word | words before)."""
        after = self._openings.get(token) if is_first else None
        if after is None:
            after = self._advance(weights, token)
            if is_first:
                self._openings[token] = after
        total = sum(after.values())
        return {stack: weight / total for stack, weight in after.items()}, total

    def _advance(self, weights: dict[int, float], token: str) -> dict[int, float]:
        """P(word and stack after it | words before) of each stack."""
        after: dict[int, float] = {}
        word = self._words.get(token, -1)
        stacks = self._stacks
        for stack, weight in weights.items():
            top, below = stacks.cells[stack]
            for way in self._ways(top, word) if stack != _EMPTY else ():
                new = stacks.push(way.left, below)
                after[new] = after.get(new, 0.0) + weight * way.probability
        return after

    def next_probabilities(self, tokens: Sequence[str]) -> dict[str, float]:
        """P(next word | the words so far), `</s>` for the end; the possible ones only.

        After words that begin no sentence there is no distribution: an empty dict.
        """
        weights = self._before_the_first()
        for position, token in enumerate(tokens):
            weights, _ = self._read(weights, token, position == 0)
        vector = np.zeros(len(self._words))
        for stack, weight in weights.items():
            if stack != _EMPTY:
                vector += weight * self._firsts(self._stacks.cells[stack][0])
        words = self.grammar.words
        found = {words[i]: float(vector[i]) for i in np.flatnonzero(vector)}
        return found | ({LINE_END: weights[_EMPTY]} if _EMPTY in weights else {})

    def _firsts(self, symbol: int) -> np.ndarray:
        """P(word is the first one of a symbol) for each word.  Shapes: (words,)"""
        if symbol not in self._first_words:
            vector = np.zeros(len(self._words))
            if symbol < len(self._words):
                vector[symbol] = 1.0
            else:
                for number in self._rules_of[symbol - len(self._words)]:
                    first = self.grammar.numbered_parts[number][0]
                    vector += self.grammar.probabilities[number] * self._firsts(first)
            self._first_words[symbol] = vector
        return self._first_words[symbol]

    def derivations(self, tokens: Sequence[str]) -> int:
        """How many derivations a sentence has: 1 in an unambiguous grammar, or 0."""
        return sum(1 for _ in self.all_derivations(tokens))

    def all_derivations(self, tokens: Sequence[str]) -> Iterator[tuple[int, ...]]:
        """Each derivation of a sentence, as its rules from left to right."""
        steps: list[_Step] = [{stack: [] for stack in self._before_the_first()}]
        for position, token in enumerate(tokens):
            known = self._opening_steps.get(token) if position == 0 else None
            steps.append(self._step(steps[-1], token) if known is None else known)
            if position == 0:
                self._opening_steps[token] = steps[-1]
        paths: list[tuple[int, int, tuple[int, ...]]] = [(len(tokens), _EMPTY, ())]
        while paths:
            position, stack, rules = paths.pop()
            if position == 0:
                if stack in steps[0]:  # that of no words at all is not
                    yield rules
                continue
            for before, used in steps[position].get(stack, []):
                paths.append((position - 1, before, used + rules))

    def _step(self, before: _Step, token: str) -> _Step:
        """The stacks after one more word, and how each of them came about."""
        after: _Step = {}
        word = self._words.get(token, -1)
        for stack in before:
            top, below = self._stacks.cells[stack]
            for way in self._ways(top, word) if stack != _EMPTY else ():
                new = self._stacks.push(way.left, below)
                after.setdefault(new, []).append((stack, way.rules))
        return after

    def tree(self, tokens: Sequence[str]) -> tuple[Node, ...]:
        """The derivation of a sentence, from left to right; empty if it has none."""
        rules = next(self.all_derivations(tokens), None)
        return () if rules is None else _build_tree(self.grammar, rules)


def _build_tree(grammar: Grammar, rules: Sequence[int]) -> tuple[Node, ...]:
    """The tree of a leftmost derivation."""
    nodes: list[Node] = []
    children: list[list[int]] = []
    word, remaining = 0, iter(rules)
    waiting = [(Part(grammar.start), -1)]
    while waiting:
        part, parent = waiting.pop()
        rule = None if part.tag else next(remaining)
        if parent >= 0:
            children[parent].append(len(nodes))
        nodes.append(Node(part, parent, word, rule))
        children.append([])
        if rule is None:
            word += 1
        else:
            parts = grammar.rules[rule].parts
            waiting += [(p, len(nodes) - 1) for p in reversed(parts)]
    pairs = zip(nodes, children, strict=True)
    return tuple(replace(node, children=tuple(below)) for node, below in pairs)
