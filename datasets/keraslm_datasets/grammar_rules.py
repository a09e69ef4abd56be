"""The rules of a weighted context-free grammar, and what is required of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

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


def reachable(rules: Sequence[Rule]) -> tuple[Rule, ...]:
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


def check_rules(rules: Sequence[Rule]) -> None:
    """No rule is empty, weightless or written twice; no symbol is left-recursive.

    Raises: GrammarError with the line of the rule.
    """
    seen = set()
    for rule in rules:
        if not rule.parts or rule.weight < 1:
            raise GrammarError(
                rule.line, f"a rule needs a part and a weight of 1 or more: {rule}"
            )
        shape = (rule.left, tuple((p.symbol, p.tag is None) for p in rule.parts))
        if shape in seen:
            raise GrammarError(
                rule.line,
                f"{rule.left} -> {' '.join(map(str, rule.parts))} is written twice, so "
                "that its sentences have two derivations",
            )
        seen.add(shape)
    _check_left_recursion(rules)


def _check_left_recursion(rules: Sequence[Rule]) -> None:
    """No symbol may begin with itself, for reading goes from left to right."""
    firsts: dict[str, set[str]] = {rule.left: set() for rule in rules}
    for rule in rules:
        if rule.parts[0].tag is None:
            firsts[rule.left].add(rule.parts[0].symbol)
    while firsts:
        # A symbol is closed when everything it begins with is a word or is closed.
        closed = [symbol for symbol in firsts if not firsts[symbol] & firsts.keys()]
        if not closed:
            symbol = _on_a_cycle(firsts)
            raise GrammarError(
                next(rule.line for rule in rules if rule.left == symbol),
                f"{symbol} may begin with itself, directly or through other symbols; "
                "write the recursion on the right",
            )
        for symbol in closed:
            del firsts[symbol]


def _on_a_cycle(firsts: Mapping[str, set[str]]) -> str:
    """A symbol that begins with itself, when each begins with another of them."""
    symbol = min(firsts)
    seen: set[str] = set()
    while symbol not in seen:
        seen.add(symbol)
        symbol = min(firsts[symbol] & firsts.keys())
    return symbol
