"""How well words can be tagged at best: computed from a grammar, without a text.

Math:   frequent = sum over w of max over t of E[count of (w, t)] / E[length]
        left     = E[sum over k of max over t of P(t_k = t | w_1 .. w_k)] / E[length]
        both     = 1, as each sentence of an unambiguous grammar has one derivation

The words of a beginning leave a distribution over the stacks of symbols that may still
come. Beginnings that leave the same one are alike from there on, so they are summed;
what is counted is exact, but for beginnings of less than 1e-9 in all.
"""

import dataclasses

import numpy as np

from keraslm_datasets.grammar import Grammar
from keraslm_datasets.grammar_prefixes import Prefix, PrefixReader
from keraslm_datasets.grammar_rules import Part, Rule

TAG = "/"  # between the word and the tag
_LEFT_OUT = 1e-9  # the probability of the beginnings that are followed no further
_DIGITS = 12

_Key = tuple[tuple[int, float], ...]


@dataclasses.dataclass(frozen=True)
class Bounds:
    """The best accuracies that are possible on average over all texts of a language."""

    most_frequent: float
    left: float
    both: float = 1.0

    def to_dict(self) -> dict[str, float]:
        """Give the figures by name."""
        return dataclasses.asdict(self)


def with_tags(grammar: Grammar) -> Grammar:
    """Give the grammar whose words are word/TAG, with the same rules otherwise."""
    rules = [
        dataclasses.replace(rule, parts=tuple(map(_tagged, rule.parts)))
        for rule in grammar.rules
    ]
    return Grammar(rules)


def _tagged(part: Part) -> Part:
    return part if part.tag is None else Part(f"{part.symbol}{TAG}{part.tag}", part.tag)


def bounds(grammar: Grammar) -> Bounds:
    """Compute what a tagger can reach that knows the grammar.

    The grammar must be unambiguous, and its stacks must not grow without end.
    """
    tagged = with_tags(grammar)
    by_word = _by_word(tagged)
    return Bounds(_most_frequent(tagged, by_word), _left(tagged, by_word))


def _by_word(tagged: Grammar) -> list[tuple[int, ...]]:
    """Give for each word the numbers of its tagged words."""
    found: dict[str, list[int]] = {}
    for number, word in enumerate(tagged.words):
        found.setdefault(word.rpartition(TAG)[0], []).append(number)
    return [tuple(numbers) for numbers in found.values()]


def _most_frequent(tagged: Grammar, by_word: list[tuple[int, ...]]) -> float:
    counts = [tagged.expectation(_uses(tagged.rules, word)) for word in tagged.words]
    best = sum(max(counts[number] for number in numbers) for numbers in by_word)
    return best / tagged.length()


def _uses(rules: tuple[Rule, ...], word: str) -> np.ndarray:
    """How often each rule writes a word.  Shapes: (rules,)"""
    times = [sum(p.symbol == word for p in rule.parts if p.tag) for rule in rules]
    return np.array(times, dtype=float)


def _left(tagged: Grammar, by_word: list[tuple[int, ...]]) -> float:
    reader = PrefixReader(tagged)
    start = reader.start()
    prefixes = {_key(start): start}
    reached = {_key(start): 1.0}
    right = 0.0
    while sum(reached.values()) > _LEFT_OUT:
        after: dict[_Key, float] = {}
        for key, probability in reached.items():
            following = reader.next_words(prefixes[key])
            for numbers in by_word:
                best = float(following[list(numbers)].max())
                if not best:
                    continue
                right += probability * best
                prefix, p = reader.read(prefixes[key], numbers)
                new = _key(prefix)
                prefixes.setdefault(new, prefix)
                after[new] = after.get(new, 0.0) + probability * p
        reached = after
    return right / tagged.length()


def _key(prefix: Prefix) -> _Key:
    weights = sorted(prefix.weights.items())
    return tuple((stack, round(weight, _DIGITS)) for stack, weight in weights)
