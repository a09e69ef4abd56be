"""Parsing with a weighted grammar: the derivations of a sentence, and its tree."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from keraslm_datasets.grammar import Grammar
from keraslm_datasets.grammar_blanks import BlankReader
from keraslm_datasets.grammar_prefixes import EMPTY, LINE_END, Stacks
from keraslm_datasets.grammar_rules import Part

__all__ = ["LINE_END", "Node", "Parser"]

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


class Parser(BlankReader):
    """Exact probabilities and derivations of sentences under a grammar."""

    def _forget(self) -> None:
        super()._forget()
        self._opening_steps: dict[str, _Step] = {}

    def derivations(self, tokens: Sequence[str]) -> int:
        """How many derivations a sentence has: 1 in an unambiguous grammar, or 0."""
        return sum(1 for _ in self.all_derivations(tokens))

    def all_derivations(self, tokens: Sequence[str]) -> Iterator[tuple[int, ...]]:
        """Each derivation of a sentence, as its rules from left to right."""
        prefix = self.start()
        steps: list[_Step] = [{stack: [] for stack in prefix.weights}]
        for position, token in enumerate(tokens):
            known = self._opening_steps.get(token) if position == 0 else None
            step = known or self._step(prefix.stacks, steps[-1], token)
            steps.append(step)
            if position == 0:
                self._opening_steps[token] = step
        paths: list[tuple[int, int, tuple[int, ...]]] = [(len(tokens), EMPTY, ())]
        while paths:
            position, stack, rules = paths.pop()
            if position == 0:
                if stack in steps[0]:  # that of no words at all is not
                    yield rules
                continue
            for before, used in steps[position].get(stack, []):
                paths.append((position - 1, before, used + rules))

    def _step(self, stacks: Stacks, before: _Step, token: str) -> _Step:
        """The stacks after one more word, and how each of them came about."""
        after: _Step = {}
        (word,) = self._number(token)
        for stack in before:
            top, below = stacks.cells[stack]
            for way in self.ways(top, word) if stack != EMPTY else ():
                new = stacks.push(way.left, below)
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
