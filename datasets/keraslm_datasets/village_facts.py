"""What agrees with what in a line of the village, read off its derivation.

References: Linzen, Dupoux & Goldberg (2016), distance and attractors in agreement.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from keraslm_datasets.grammar import Grammar
from keraslm_datasets.grammar_parser import Node

_NUMBER_OF_TAG = {"NN": "sg", "NNP": "sg", "NNS": "pl"}
_OTHER = {"sg": "pl", "pl": "sg", "she": "he", "he": "she"}
_GENDER = {"she": "she", "her": "she", "he": "he", "him": "he", "his": "he"}
_NUMBER = {"it": "sg", "they": "pl", "them": "pl"}


@dataclass(frozen=True)
class AgreementFact:
    """A verb and the head of its subject, which have the same number ("sg", "pl").

    `distance` is the number of tokens from one to the other (1: side by side), and
    `attractors` counts the nouns between them that have the other number. `contrast`
    is the form that the verb would have with the other number.
    """

    subject_index: int
    verb_index: int
    number: str
    distance: int
    attractors: int
    verb: str
    contrast: str


@dataclass(frozen=True)
class PronounFact:
    """A pronoun and the head of the phrase it stands for, earlier in the line.

    `gender` is "she", "he", "it" or "they". `attractors` counts, between the two, the
    words that call for another pronoun: names, persons and pronouns of the other gender
    for she/he, nouns of the other number for it/they. `contrast` is that pronoun.
    """

    antecedent_index: int
    pronoun_index: int
    gender: str
    distance: int
    attractors: int
    pronoun: str
    contrast: str


class FactReader:
    """Reads the facts off one derivation tree."""

    def __init__(self, grammar: Grammar, tree: Sequence[Node]) -> None:
        self._grammar = grammar
        self._tree = tree
        self._words = [node for node in tree if node.rule is None]
        self._heads = self._find_heads()

    def tags(self) -> list[tuple[str, str]]:
        """Each word with its part of speech."""
        return [(node.part.symbol, node.part.tag or "") for node in self._words]

    def agreements(self) -> list[AgreementFact]:
        """The facts of subjects and verbs, in the order of the verbs."""
        facts = []
        for node in self._tree:
            roles = {
                label: self._heads[child]
                for child in node.children
                for label in self._tree[child].part.labels
            }
            if "subject" in roles and "verb" in roles:
                facts.append(self._agreement(roles["subject"], roles["verb"]))
        return sorted(facts, key=lambda fact: fact.verb_index)

    def _agreement(self, subject: int, verb: int) -> AgreementFact:
        number, contrast = self._feature_and_contrast(verb)
        between = self._between(subject, verb)
        attractors = sum(
            _NUMBER_OF_TAG.get(node.part.tag or "", number) != number
            for node in between
        )
        word = self._words[verb].part.symbol
        distance = abs(verb - subject)
        return AgreementFact(
            subject, verb, number, distance, attractors, word, contrast
        )

    def pronouns(self) -> list[PronounFact]:
        """The facts of pronouns, in their order."""
        facts = []
        meant: dict[str, int] = {}
        for node, head in zip(self._tree, self._heads, strict=True):
            for label in node.part.labels:
                if label in ("subject", "verb"):
                    continue
                if self._words[head].part.tag in ("PRP", "PRP$"):
                    facts.append(self._pronoun(meant[label], head))
                else:
                    meant[label] = head
        return sorted(facts, key=lambda fact: fact.pronoun_index)

    def _pronoun(self, antecedent: int, pronoun: int) -> PronounFact:
        form = self._words[pronoun].part.symbol
        _, contrast = self._feature_and_contrast(pronoun)
        between = self._between(antecedent, pronoun)
        if form in _GENDER:
            gender = _GENDER[form]
            attractors = sum(self._gender(n) == _OTHER[gender] for n in between)
        else:
            number = _NUMBER[form]
            gender = "it" if number == "sg" else "they"
            tags = (node.part.tag or "" for node in between)
            attractors = sum(_NUMBER_OF_TAG.get(t, number) != number for t in tags)
        distance = pronoun - antecedent
        return PronounFact(
            antecedent, pronoun, gender, distance, attractors, form, contrast
        )

    def _find_heads(self) -> list[int]:
        """The index of the word that stands for each node."""
        heads = [node.word for node in self._tree]
        for number in range(len(self._tree) - 1, -1, -1):  # children before parents
            node = self._tree[number]
            if node.rule is not None:
                head = self._grammar.rules[node.rule].head
                heads[number] = heads[node.children[head]]
        return heads

    def _between(self, first: int, second: int) -> list[Node]:
        return self._words[min(first, second) + 1 : max(first, second)]

    def _paradigm(self, word: Node) -> tuple[str, dict[str, str]]:
        """The value of the feature of a word, and its forms under each value."""
        left = self._tree[word.parent].part.symbol
        forms = dict(self._grammar.paradigms.get((left, word.part.symbol), {}))
        arguments = left.partition("[")[2].removesuffix("]").split(",")
        value = next((a for a in arguments if a in forms), "")
        return value, forms

    def _gender(self, word: Node) -> str:
        return _GENDER.get(word.part.symbol) or self._paradigm(word)[0]

    def _feature_and_contrast(self, index: int) -> tuple[str, str]:
        value, forms = self._paradigm(self._words[index])
        return value, forms[_OTHER[value]]
