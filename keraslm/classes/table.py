"""The file of word classes: bit string, word, count, with tabs, a word a line.

It is the "paths" file of Liang's (2005) program. The bits are the way from the root of
the tree to the word's class; words of the same bits are one class.
"""

import os
import pathlib

import numpy as np

from keraslm.classes.brown import BrownClasses
from keraslm.classes.frequency import Classes, renumbered
from keraslm.errors import UsageError
from keraslm.files.writing import write_atomically
from keraslm.text.vocabulary import Vocabulary


def write_classes(
    path: str | os.PathLike[str], found: BrownClasses, vocabulary: Vocabulary
) -> None:
    """Write the words that occur, class by class, the frequent ones first."""
    words = np.flatnonzero(found.classes >= 0)
    order = np.lexsort((-vocabulary.counts[words], found.classes[words]))
    lines = [
        f"{found.paths[found.classes[word]]}\t{vocabulary.tokens[word]}"
        f"\t{vocabulary.counts[word]}\n"
        for word in words[order]
    ]
    with write_atomically(path) as temporary:
        temporary.write_text("".join(lines), encoding="utf-8", newline="\n")


def read_classes(path: str | os.PathLike[str], vocabulary: Vocabulary) -> Classes:
    """Read the class of every word of a vocabulary; words not in it are one more.

    Raises: UsageError if it is no such file, or names no word of the vocabulary, or
        one twice.
    """
    numbers: dict[str, int] = {}
    classes = np.full(len(vocabulary), -1)
    for number, line in enumerate(_lines(path), 1):
        bits, *rest = line.split("\t")
        if len(rest) != 2 or not bits or set(bits) - {"0", "1"}:
            raise UsageError(
                f"{path}, line {number}: a line of a file of classes is bits, word and "
                f"count, with tabs; received {line[:60]!r}"
            )
        if rest[0] in vocabulary:
            place = vocabulary[rest[0]]
            if classes[place] >= 0:
                raise UsageError(f"{path}, line {number}: {rest[0]!r} comes again")
            classes[place] = numbers.setdefault(bits, len(numbers))
    if not numbers:
        raise UsageError(f"{path} has no class for any word of the vocabulary")
    return renumbered(np.where(classes < 0, len(numbers), classes))


def _lines(path: str | os.PathLike[str]) -> list[str]:
    try:
        return pathlib.Path(path).read_text(encoding="utf-8").rstrip("\n").split("\n")
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{path} is no file of classes: it is not UTF-8 text"
        ) from error
