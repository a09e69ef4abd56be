"""The village, translated: each line beside the same line in an invented language.

The verbs of that language stand last, adjectives and determiners behind their noun, and
what is before a noun in English is behind it. Nouns are of six kinds: persons, animals,
food, things, places, times. Adjectives, determiners, pronouns and verbs have the suffix
of the kind and number of their noun, however far away it is.

    the rabbit watches the goose .    sikero saro nasoro saro kogoro .
    bitter tomatoes look salty .      mogesi getosi bakasi migasi .

The lines are those of `village`, and their translation is read off their derivation by
the synchronous grammar in `village_translated.toml`: it is exact, and a line has one.

The text has a line of `village` and its translation a line, a tab between them.
"""

import functools
import tomllib
from collections.abc import Iterator
from importlib import resources

from keraslm.errors import CorpusError
from keraslm_datasets import drawing, village
from keraslm_datasets.drawing import SIZES, SPLITS
from keraslm_datasets.grammar_sampler import Sampler
from keraslm_datasets.invented_words import InventedWords
from keraslm_datasets.synchronous import (
    SynchronousGrammar,
    Word,
    derivation_of,
    with_derivations,
)

__all__ = [
    "SIZES",
    "SPLITS",
    "aligned",
    "pairs",
    "synchronous_grammar",
    "text",
    "translate",
]


@functools.cache
def synchronous_grammar() -> SynchronousGrammar:
    """The grammar of village with its second right sides, as their file says them."""
    file = resources.files(__package__) / "village_translated.toml"
    said = tomllib.loads(file.read_text(encoding="utf-8"))
    grammar = village.grammar()
    words = InventedWords(grammar, said["suffixes"], said["same_stem"])
    return SynchronousGrammar(
        grammar, said["order"], **said["agreement"], inflect=words.inflect
    )


@functools.cache
def _sampler() -> Sampler:
    return Sampler(with_derivations(village.grammar()))


def pairs(
    split: str = "train", tokens: str | int = "medium", seed: int = 0
) -> Iterator[tuple[str, str]]:
    """Give the lines of `village.lines`, each with its translation.

    Raises: UsageError for a split, a size or a seed that does not exist.
    """
    lines = village.lines(split, tokens, seed)
    marked = drawing.sentences(_sampler(), split, seed)
    for line, derivation in zip(lines, map(derivation_of, marked), strict=False):
        yield line, _joined(synchronous_grammar().translate(derivation))


def text(split: str = "train", tokens: str | int = "medium", seed: int = 0) -> str:
    """The pairs of `pairs`, one a line, a tab between the two."""
    return drawing.two_columns(pairs(split, tokens, seed))


def translate(line: str) -> str:
    """Translate a line of village.

    Raises: CorpusError for a line that is not of the language.
    """
    return _joined(aligned(line))


def aligned(line: str) -> list[Word]:
    """Translate a line of village, each word with the place of its source word.

    The place is None for a sign that stands for no word of the line.
    Raises: CorpusError for a line that is not of the language.
    """
    derivation = next(village.parser().all_derivations(line.split()), None)
    if derivation is None:
        raise CorpusError(f"a line must be of the village's language: {line[:80]!r}")
    return synchronous_grammar().translate(derivation)


def _joined(words: list[Word]) -> str:
    return " ".join(word for word, _ in words)
