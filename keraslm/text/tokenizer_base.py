"""What every way of cutting text into tokens offers."""

import abc
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from keraslm.text.vocabulary import BOUNDARIES, Vocabulary

Ids = npt.NDArray[np.unsignedinteger[Any]]


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
    def count(self, chunks: Iterable[str]) -> Counter[str]:
        """How often each token occurs, line boundaries too."""

    @abc.abstractmethod
    def encode(self, chunks: Iterable[str], vocabulary: Vocabulary) -> Iterator[Ids]:
        """Yield the ids of a text, array by array; other tokens are id 0."""

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


def id_dtype(vocabulary: Vocabulary) -> type[np.uint16] | type[np.uint32]:
    """The smallest type that holds every id."""
    return np.uint16 if len(vocabulary) <= 1 << 16 else np.uint32
