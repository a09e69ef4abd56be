"""Reading ARPA files as KenLM does.

References: Heafield (2011), KenLM's lm/read_arpa.cc and lm/vocab.cc.
"""

import dataclasses
import math
import os

import numpy as np

from keraslm.counts.arpa_lines import lines_of
from keraslm.counts.arpa_sections import (
    END,
    LINE_END,
    START,
    UNKNOWN,
    Section,
    Sections,
)
from keraslm.counts.sorting import NONE, find
from keraslm.counts.table import BackoffTable
from keraslm.counts.trie import Level, Trie, first_level

CAPITAL_UNKNOWN = b"<UNK>"
NO_UNKNOWN = -100.0  # log10 P(<unk>) where the file has no <unk>, as for KenLM


@dataclasses.dataclass(frozen=True)
class Arpa:
    """What an ARPA file holds.

    `words` are by id, `<unk>` and `</s>` first. `tokenizer` is what a comment by
    keraslm names, `digits` how many the logarithms have, `notes` what was mended.
    """

    path: str
    words: list[str]
    table: BackoffTable
    tokenizer: str | None
    digits: int
    notes: list[str]


def read_arpa(path: str | os.PathLike[str]) -> Arpa:
    """Read an ARPA file, packed with gzip or not.

    Raises: ModelFileError with the line and the reason if the file is not whole and
        well-formed; UsageError, OSError as opening a file does.
    """
    with lines_of(path) as lines:
        sections = Sections(os.fspath(path), lines)
        tokenizer = sections.tokenizer()
        sizes = sections.sizes()
        unigrams = sections.section(1, sizes)
        words, ids, notes = _numbered(sections)
        table = _table(sections, sizes, *_unigrams(unigrams, ids, len(words)))
        sections.end()
    return Arpa(os.fspath(path), words, table, tokenizer, sections.digits, notes)


def _numbered(sections: Sections) -> tuple[list[str], np.ndarray, list[str]]:
    """Number the words as they come.

    Shapes: -> the words by id, the ids of the 1-grams (1-grams,), what was mended
    """
    met, ids, notes = sections.met, sections.ids, []
    if LINE_END not in met:
        sections.fail("</s>, the end of a line, is not among the 1-grams")
    if not {UNKNOWN, CAPITAL_UNKNOWN} <= met.keys():  # of both, one is a word
        ids[CAPITAL_UNKNOWN] = ids[UNKNOWN]
    if met.keys().isdisjoint({UNKNOWN, CAPITAL_UNKNOWN}):
        notes.append(f"it has no <unk>, of which log10 P is taken for {NO_UNKNOWN:g}")
    words = [UNKNOWN, LINE_END, *(word for word in met if word not in ids)]
    ids.update((word, number) for number, word in enumerate(words))
    return [w.decode() for w in words], np.array([ids[word] for word in met]), notes


def _unigrams(
    section: Section, ids: np.ndarray, size: int
) -> tuple[np.ndarray, np.ndarray]:
    """Give log P and log b by id; `<s>` gives a weight only.

    Shapes: ids (1-grams,) -> (vocabulary,), (vocabulary,)
    """
    is_word = ids != START
    log_p, log_b = np.full(size, NO_UNKNOWN * math.log(10)), np.zeros(size)
    log_p[ids[is_word]] = section.log_p[is_word]
    log_b[ids[is_word]] = section.log_b[is_word]
    log_b[END] = section.log_b[~is_word].sum()  # of <s>; 0 if it is not there
    return log_p, log_b


def _table(
    sections: Sections, sizes: list[int], log_p: np.ndarray, log_b: np.ndarray
) -> BackoffTable:
    """Read the higher orders; a history without a weight has 0, the logarithm of 1."""
    levels, all_p, all_b = [first_level(len(log_p))], [log_p], [log_b]
    for n in range(2, len(sizes) + 1):
        section = _within_lines(sections.section(n, sizes))
        level, order = _level(sections, section, levels)
        levels.append(level)
        all_p.append(section.log_p[order])
        all_b.append(section.log_b[order])
    return BackoffTable(Trie(levels), all_p, all_b[:-1])


def _within_lines(section: Section) -> Section:
    """Leave out n-grams that no line has, such as `</s> <s>`, and number `<s>`.

    KenLM reads them, too, and never asks for them.
    """
    first, rest = section.words[0], section.words[1:]
    kept = (first != END) & (rest != START).all(0) & (rest[:-1] != END).all(0)
    first[first == START] = END
    return section.only(kept)


def _level(
    sections: Sections, section: Section, levels: list[Level]
) -> tuple[Level, np.ndarray]:
    """Make the n-grams a level of the trie, and say in which order they stand."""
    history, size = section.words[0], levels[0].vocabulary_size
    for level, word in zip(levels[1:], section.words[1:-1], strict=True):
        history = find(level.keys, history * size + word)
        reason = "its history is not in the order below"
        sections.check(section.lines, history != NONE, reason)
    keys = history * size + section.words[-1]
    order = np.argsort(keys, kind="stable")
    is_new = np.ones(len(keys), dtype=bool)
    is_new[order[1:]] = np.diff(keys[order]) != 0
    sections.check(section.lines, is_new, "the n-gram is there twice")
    return Level(keys[order], len(levels[-1]), size), order
