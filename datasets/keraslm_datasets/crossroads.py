"""The crossroads: a language in which the tag of a word depends on the words around it.

Its lines are drawn from the grammar in `crossroads.grammar`, where many words have two
tags: noun or verb, adjective or noun, `that`, `to`, `her`, `as`. What decides stands
before the word, or after it. The grammar is unambiguous, so the tags are known, and
`bounds` says how many can be right that a tagger sees by the word alone, from the left
and from both sides.

The text has a word and its tag a line, a tab between them, and an empty line after each
sentence: the format of the CoNLL shared tasks.

References: Tjong Kim Sang & Buchholz (2000), the format.
"""

import functools
from collections.abc import Iterator
from importlib import resources

from keraslm_datasets import drawing
from keraslm_datasets.drawing import SIZES
from keraslm_datasets.grammar import Grammar
from keraslm_datasets.grammar_parser import Parser
from keraslm_datasets.grammar_reader import read_grammar
from keraslm_datasets.grammar_sampler import Sampler
from keraslm_datasets.tagged_bounds import TAG, Bounds, with_tags
from keraslm_datasets.tagged_bounds import bounds as bounds_of

__all__ = ["SIZES", "bounds", "grammar", "lines", "parser", "tagged", "text"]


@functools.cache
def grammar() -> Grammar:
    """The grammar of the crossroads, as its file of rules says it."""
    file = resources.files(__package__) / "crossroads.grammar"
    return read_grammar(file.read_text(encoding="utf-8"))


@functools.cache
def parser() -> Parser:
    """The reader of the grammar: probabilities word by word, and derivations."""
    return Parser(grammar())


@functools.cache
def bounds() -> Bounds:
    """The best accuracies of tagging, computed from the grammar in a few seconds."""
    return bounds_of(grammar())


@functools.cache
def _sampler() -> Sampler:
    return Sampler(with_tags(grammar()))


def tagged(
    split: str = "train", tokens: str | int = "medium", seed: int = 0
) -> Iterator[list[tuple[str, str]]]:
    """Draw sentences, each a list of words with their tags.

    The same arguments always give the same sentences, and a shorter text is the
    beginning of a longer one. Splits never share a random stream.

    Raises: UsageError for a split, a size or a seed that does not exist.
    """
    drawn = drawing.lines(_sampler(), split, tokens, seed)
    return ([_word_and_tag(word) for word in line.split()] for line in drawn)


def _word_and_tag(tagged_word: str) -> tuple[str, str]:
    word, _, tag = tagged_word.rpartition(TAG)
    return word, tag


def lines(
    split: str = "train", tokens: str | int = "medium", seed: int = 0
) -> Iterator[str]:
    """Draw the words of the sentences of `tagged`, a line each."""
    sentences = tagged(split, tokens, seed)
    return (" ".join(word for word, _ in sentence) for sentence in sentences)


def text(split: str = "train", tokens: str | int = "medium", seed: int = 0) -> str:
    """The sentences of `tagged` in two columns, an empty line after each."""
    sentences = tagged(split, tokens, seed)
    return "".join(
        "".join(f"{word}\t{tag}\n" for word, tag in sentence) + "\n"
        for sentence in sentences
    )
