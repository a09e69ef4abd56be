"""How well sentences can be classified at best: computed from a grammar alone.

The first word of each line is its label. Words of one list that stand nowhere else are
alike: which of them is written says nothing of the label. So each such list becomes one
word, and the sentences that are left are few enough to be listed.

Math:   bag      = sum over bags b of max over labels y of P(b, y)
        sentence = sum over sentences s of max over labels y of P(s, y)
        a bag says how often each word occurs, and nothing of their order
References: Devroye, Gyoerfi & Lugosi (1996), the Bayes error.
"""

import dataclasses
import itertools
from collections import Counter
from collections.abc import Callable, Iterator

from keraslm_datasets.grammar import Grammar
from keraslm_datasets.grammar_rules import Part, Rule

LIST = "LIST"  # the tag of the word that stands for a list
Words = tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class LabelBounds:
    """The best accuracies that are possible on average over all texts of a language."""

    majority: float
    bag: float
    sentence: float


def label_bounds(grammar: Grammar) -> LabelBounds:
    """Compute what a classifier can reach that knows the grammar.

    The grammar must have finitely many sentences.
    """
    sentences = list(_sentences(with_one_word_a_list(grammar)))
    return LabelBounds(
        _best(sentences, lambda words: ()),
        _best(sentences, lambda words: tuple(sorted(words))),
        _best(sentences, lambda words: words),
    )


def with_one_word_a_list(grammar: Grammar) -> Grammar:
    """Give the grammar in which the words of one list are one word."""
    uses = Counter(p.symbol for rule in grammar.rules for p in rule.parts if p.tag)
    lists = {
        left
        for left, numbers in grammar.rules_of.items()
        if all(_is_own_word(grammar.rules[number], uses) for number in numbers)
    }
    rules = [
        Rule(rule.left, (Part(f"<{rule.left}>", LIST),)) if rule.left in lists else rule
        for rule in grammar.rules
    ]
    return Grammar(dict.fromkeys(rules))


def _is_own_word(rule: Rule, uses: Counter[str]) -> bool:
    """Say whether a rule writes one word, which no other rule writes."""
    return len(rule.parts) == 1 and uses[rule.parts[0].symbol] == 1


def _sentences(grammar: Grammar) -> Iterator[tuple[Words, float]]:
    known: dict[str, list[tuple[Words, float]]] = {}

    def all_of(symbol: str) -> list[tuple[Words, float]]:
        if symbol not in known:
            known[symbol] = [
                way for number in grammar.rules_of[symbol] for way in by_rule(number)
            ]
        return known[symbol]

    def by_rule(number: int) -> Iterator[tuple[Words, float]]:
        parts = grammar.rules[number].parts
        ways = [[((p.symbol,), 1.0)] if p.tag else all_of(p.symbol) for p in parts]
        for chosen in itertools.product(*ways):
            probability = float(grammar.probabilities[number])
            for _, of_part in chosen:
                probability *= of_part
            yield tuple(word for words, _ in chosen for word in words), probability

    yield from all_of(grammar.start)


def _best(
    sentences: list[tuple[Words, float]], seen: Callable[[Words], Words]
) -> float:
    """Give P(right) of the best guess by what is seen of the words."""
    shares: dict[Words, dict[str, float]] = {}
    for (label, *words), probability in sentences:
        of_labels = shares.setdefault(seen(tuple(words)), {})
        of_labels[label] = of_labels.get(label, 0.0) + probability
    return sum(max(of_labels.values()) for of_labels in shares.values())
