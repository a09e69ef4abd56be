"""What every way of cutting text into tokens offers."""

import abc
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from keraslm.text.vocabulary import BOUNDARIES, Vocabulary

Ids = npt.NDArray[np.unsignedinteger[Any]]
IdType = type[np.uint16] | type[np.uint32]


class Numbering(dict[str, int]):
    """Numbers tokens as they come, from 0 up."""

    def __missing__(self, token: str) -> int:
        self[token] = number = len(self)
        return number

    def count(self, arrays: Iterable[Ids]) -> npt.NDArray[np.int64]:
        """How often each number occurs; shapes: -> (tokens that are numbered,)."""
        total = np.zeros(0, np.int64)
        for array in arrays:
            total = np.pad(total, (0, len(self) - len(total)))
            total += np.bincount(array, minlength=len(self))
        return total


class Known(dict[str, int]):
    """The ids of a vocabulary; 0, `<unk>`, for any other token."""

    def __missing__(self, token: str) -> int:
        return Vocabulary.unknown_id


class Tokenizer(abc.ABC):
    """Text to ids and back; a text is any iterable of strings, cut anywhere.

    No result depends on where the text was cut into chunks.
    """

    name: str
    level: str

    @property
    def boundary(self) -> str:
        """The token of id 1: what ends a line."""
        return BOUNDARIES[self.level]

    @abc.abstractmethod
    def number(
        self, chunks: Iterable[str], numbers: dict[str, int], dtype: IdType
    ) -> Iterator[Ids]:
        """Yield numbers[token] of each token and line boundary, array by array.

        `numbers` may answer for tokens that are not in it (`__missing__`).
        """

    def encode(self, chunks: Iterable[str], vocabulary: Vocabulary) -> Iterator[Ids]:
        """Yield the ids of a text, array by array; other tokens are id 0."""
        return self.number(chunks, Known(vocabulary.ids), id_dtype(vocabulary))

    def count(self, chunks: Iterable[str]) -> Counter[str]:
        """How often each token occurs, line boundaries too."""
        numbers = Numbering()
        counts = numbers.count(self.number(chunks, numbers, np.uint32))
        return Counter(dict(zip(numbers, counts.tolist(), strict=True)))

    @abc.abstractmethod
    def prompt_tokens(self, text: str) -> list[str]:
        """The tokens of a prompt, with no boundary added at its end."""

    @abc.abstractmethod
    def pieces(self, ids: Iterable[int], vocabulary: Vocabulary) -> Iterator[str]:
        """Yield the text of each id, one string an id, some of them empty."""

    def encode_prompt(self, text: str, vocabulary: Vocabulary) -> list[int]:
        """The ids of a prompt; a newline in it is the boundary, its end is not."""
        return [vocabulary.get(token) for token in self.prompt_tokens(text)]

    def unknown_tokens(self, text: str, vocabulary: Vocabulary) -> list[str]:
        """The tokens of a text that the vocabulary lacks, each once, in their order."""
        tokens = dict.fromkeys(self.prompt_tokens(text))
        return [token for token in tokens if token not in vocabulary]

    def decode(self, ids: Iterable[int], vocabulary: Vocabulary) -> str:
        """The text of a sequence of ids."""
        return "".join(self.pieces(ids, vocabulary))


def id_dtype(vocabulary: Vocabulary) -> IdType:
    """The smallest type that holds every id."""
    return np.uint16 if len(vocabulary) <= 1 << 16 else np.uint32
