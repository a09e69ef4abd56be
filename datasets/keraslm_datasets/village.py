"""The village: a language whose entropy we know.

Its lines are drawn from the weighted context-free grammar in `village.grammar`, which
reads like English: verbs agree with subjects far before them, pronouns with names far
before them, and each kind of thing has its own verbs and adjectives. The grammar is
unambiguous, so the probability of a line is the product of its rules, and the entropy
of the language is computed, not estimated. On a given text the grammar's own perplexity
is a little above or below that of the entropy, which is its mean over all texts.

Math: entropy per token = (entropy of a line) / (mean tokens of a line, end included),
      lowest perplexity = exp(entropy per token)
"""

import functools
import math
from collections.abc import Iterator
from importlib import resources

import numpy as np

from keraslm.errors import CorpusError
from keraslm_datasets import drawing
from keraslm_datasets.drawing import SIZES, SPLITS
from keraslm_datasets.grammar import Grammar
from keraslm_datasets.grammar_parser import LINE_END, Parser
from keraslm_datasets.grammar_reader import read_grammar
from keraslm_datasets.grammar_sampler import Sampler
from keraslm_datasets.village_facts import AgreementFact, FactReader, PronounFact

__all__ = [
    "LINE_END",
    "SIZES",
    "SPLITS",
    "AgreementFact",
    "PronounFact",
    "agreement",
    "characters_per_line",
    "entropy_per_line",
    "entropy_per_token",
    "grammar",
    "lines",
    "log_probability",
    "lowest_perplexity",
    "next_token_probabilities",
    "parser",
    "pronouns",
    "tagged",
    "text",
    "token_log_probabilities",
    "tokens_per_line",
    "word_class",
    "words",
]


@functools.cache
def grammar() -> Grammar:
    """The grammar of the village, as its file of rules says it."""
    file = resources.files(__package__) / "village.grammar"
    return read_grammar(file.read_text(encoding="utf-8"))


@functools.cache
def parser() -> Parser:
    """The reader of the grammar: probabilities word by word, and derivations."""
    return Parser(grammar())


@functools.cache
def _sampler() -> Sampler:
    return Sampler(grammar())


def lines(
    split: str = "train", tokens: str | int = "medium", seed: int = 0
) -> Iterator[str]:
    """Draw lines up to the first line end at or after `tokens` tokens.

    A line end counts as a token. The same arguments always give the same lines, and a
    shorter text is the beginning of a longer one. Splits never share a random stream.

    Raises: UsageError for a split, a size or a seed that does not exist.
    """
    return drawing.lines(_sampler(), split, tokens, seed)


def text(split: str = "train", tokens: str | int = "medium", seed: int = 0) -> str:
    """The lines of `lines` as one text, each with its newline."""
    return "".join(f"{line}\n" for line in lines(split, tokens, seed))


def log_probability(line: str) -> float:
    """The log P(line, its end) in nats; -inf for a line that is not of the language."""
    return float(token_log_probabilities(line).sum())


def token_log_probabilities(line: str) -> np.ndarray:
    """The log P(token | the line before it) in nats of each token, and of the line end.

    No model can do better on average. From the first token on that cannot follow,
    all are -inf.

    Shapes: (tokens + 1,)
    """
    return parser().token_log_probabilities(line.split())


def next_token_probabilities(beginning: str) -> dict[str, float]:
    """P(next token | the beginning of a line), for all tokens that are possible.

    The line end is `</s>`. A beginning that is not of the language gives {}.
    """
    return parser().next_probabilities(beginning.split())


@functools.cache
def entropy_per_line() -> float:
    """The entropy of a line in nats, by the linear equations of the grammar.

    Math: H(A) = sum over rules of A of p * (-log p + sum of H over its parts)
    """
    return grammar().entropy()


@functools.cache
def tokens_per_line() -> float:
    """The mean number of tokens of a line, its end included."""
    return grammar().length() + 1


@functools.cache
def characters_per_line() -> float:
    """The mean number of characters of a line, spaces and the newline included."""
    lengths = [
        sum(len(part.symbol) + 1 for part in rule.parts if part.tag is not None)
        for rule in grammar().rules
    ]
    return grammar().expectation(np.array(lengths, dtype=float))


def entropy_per_token() -> float:
    """The entropy of the text per token in nats, line ends counted as tokens."""
    return entropy_per_line() / tokens_per_line()


def lowest_perplexity() -> float:
    """exp(entropy): no model is below it on average over all texts of the language.

    On one text the grammar itself can be: see `token_log_probabilities`.
    """
    return math.exp(entropy_per_token())


def words() -> tuple[str, ...]:
    """The vocabulary, sorted; the line end is not in it."""
    return grammar().words


def word_class(word: str) -> str:
    """The semantic class of a word: "noun animal", "verb food", "name", "function".

    Raises: CorpusError for a word that is not of the village.
    """
    if word not in grammar().words:
        raise CorpusError(f"the village has no word {word!r}; see village.words()")
    return grammar().classes.get(word, "function")


def tagged(line: str) -> list[tuple[str, str]]:
    """Each token with its part of speech (Penn Treebank tags), from the derivation.

    Raises: CorpusError for a line that is not of the language.
    """
    return _facts(line).tags()


def agreement(line: str) -> list[AgreementFact]:
    """Which verb agrees with which subject, how far away, past how many attractors.

    Raises: CorpusError for a line that is not of the language.
    """
    return _facts(line).agreements()


def pronouns(line: str) -> list[PronounFact]:
    """Which pronoun stands for which noun, how far away, past how many attractors.

    Raises: CorpusError for a line that is not of the language.
    """
    return _facts(line).pronouns()


def _facts(line: str) -> FactReader:
    tokens = line.split()
    tree = parser().tree(tokens)
    if not tree:
        known = next((word for word in tokens if word not in words()), None)
        reason = f"{known!r} is not a word of it" if known else "no rules derive it"
        raise CorpusError(
            f"a line must be of the village's language; {reason}: {line[:80]!r}"
        )
    return FactReader(grammar(), tree)
