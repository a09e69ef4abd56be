"""A synchronous grammar: each derivation of a sentence is one of its translation.

Every rule of a grammar has a second right side, with the same parts in another order
and with signs of its own. A part is translated by the rule that replaced it, so the
translation is read off the derivation of the source. What a word agrees with is handed
down the derivation.

Math:       A -> B C | C' B'     e.g. Do -> Verb Object | Object' Verb'
References: Lewis & Stearns (1968), translation directed by syntax; Knuth (1968),
            inherited attributes; Shieber & Schabes (1990), synchronous grammars.
"""

import dataclasses
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence

from keraslm_datasets.grammar import Grammar
from keraslm_datasets.grammar_notation import arguments
from keraslm_datasets.grammar_rules import Part, Rule

MARK = "#"  # before the number of a rule; no word of a grammar has it

Agreement = tuple[str, str]
"""What a word agrees with: a kind of noun, and "sg" or "pl"."""
Inflect = Callable[[str, Part, Agreement], str]
"""Give the word of the other language for a word of the rules of a symbol."""

Word = tuple[str, int | None]
"""A word of a translation, and the place of the word that it translates, if any."""


@dataclasses.dataclass(frozen=True)
class _Target:
    """The second right side of a rule.

    `agrees` is for each part of the first one what it agrees with, None for what the
    rule as a whole agrees with; `order` has the numbers of parts, and signs.
    """

    agrees: tuple[Agreement | None, ...]
    order: tuple[int | str, ...]


class SynchronousGrammar:
    """Translates derivations of a grammar.

    `order` has the second right sides by the first ones, written without features; a
    rule that it lacks keeps its order. `by_features` are the symbols that agree with
    their own first two features, `always` those that have one agreement.

    Raises: ValueError for an order of no rule, or one that names no part of it.
    """

    def __init__(
        self,
        grammar: Grammar,
        order: Mapping[str, str],
        by_features: Sequence[str],
        always: Mapping[str, str],
        inflect: Inflect,
    ) -> None:
        self._grammar, self._inflect = grammar, inflect
        self._by_features = frozenset(by_features)
        self._always = {name: _agreement(said) for name, said in always.items()}
        shapes = [_shape(rule) for rule in grammar.rules]
        if unknown := order.keys() - set(shapes):
            raise ValueError(f"no rule of the grammar is {sorted(unknown)}")
        self._targets = [
            self._target(rule, order.get(shape))
            for rule, shape in zip(grammar.rules, shapes, strict=True)
        ]

    def translate(self, derivation: Sequence[int]) -> list[Word]:
        """Translate a derivation: the numbers of its rules, from left to right."""
        start = self._own(self._grammar.start)
        return self._translated(iter(derivation), itertools.count(), start)

    def _translated(
        self, rules: Iterator[int], places: Iterator[int], inherited: Agreement | None
    ) -> list[Word]:
        number = next(rules)
        rule, target = self._grammar.rules[number], self._targets[number]
        found = []
        for part, agrees in zip(rule.parts, target.agrees, strict=True):
            agreement = agrees or inherited
            if part.tag is None:
                found.append(self._translated(rules, places, agreement))
            else:
                word = self._inflect(rule.left, part, agreement or ("", ""))
                found.append([(word, next(places))])
        pieces = [[(k, None)] if isinstance(k, str) else found[k] for k in target.order]
        return [word for piece in pieces for word in piece]

    def _target(self, rule: Rule, order: str | None) -> _Target:
        """Read a second right side, "Object Verb:NP"."""
        names = [_name(part) for part in rule.parts]
        agrees = [self._own(part.symbol) for part in rule.parts]
        if order is None:
            return _Target(tuple(agrees), tuple(range(len(names))))
        items = [item.partition(":") for item in order.split()]
        places = _places([name for name, _, _ in items], names)
        for place, (_, _, other) in zip(places, items, strict=True):
            if other and isinstance(place, int):
                agrees[place] = self._own(rule.parts[names.index(other)].symbol)
        return _Target(tuple(agrees), tuple(places))

    def _own(self, symbol: str) -> Agreement | None:
        """Give what a symbol agrees with, whatever stands above it."""
        name, features = symbol.partition("[")[0], arguments(symbol)
        if name in self._by_features:
            return features[0], features[1]
        return self._always.get(name)


def _agreement(said: str) -> Agreement:
    kind, number = said.split()
    return kind, number


def _name(part: Part) -> str:
    return part.symbol if part.tag else part.symbol.partition("[")[0]


def _shape(rule: Rule) -> str:
    return " ".join(map(_name, rule.parts))


def _places(items: Sequence[str], names: Sequence[str]) -> list[int | str]:
    """Give the number of the part that each item names, or the sign that is none.

    Parts of one name keep their order.
    """
    found: list[int | str] = []
    for item in items:
        left = [k for k, name in enumerate(names) if name == item and k not in found]
        if not left and item.isalnum():
            raise ValueError(f"{item!r} is no part, or no further one, of {names}")
        found.append(left[0] if left else item)
    return found


def with_derivations(grammar: Grammar) -> Grammar:
    """Give the grammar that writes before each phrase the number of its rule.

    It has the same rules otherwise, so it draws the same sentences.
    """
    rules = [
        dataclasses.replace(rule, parts=(Part(f"{MARK}{number}", MARK), *rule.parts))
        for number, rule in enumerate(grammar.rules)
    ]
    return Grammar(rules)


def derivation_of(marked: str) -> list[int]:
    """Give the derivation in a sentence of `with_derivations`."""
    words = marked.split()
    return [int(word.removeprefix(MARK)) for word in words if word.startswith(MARK)]
