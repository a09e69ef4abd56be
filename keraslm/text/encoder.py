"""A tokenizer and its vocabulary: text to ids and back."""

import hashlib
import itertools
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from keraslm.errors import KeraslmError, ModelFileError, UsageError
from keraslm.files.spilled import Spilled
from keraslm.text.corpus import as_text
from keraslm.text.mapped import stretches
from keraslm.text.text import Text
from keraslm.text.tokenizer import Tokenizer, tokenizer_named
from keraslm.text.tokenizer_base import Ids, IdType, Known, Numbering, id_dtype
from keraslm.text.vocabulary import BOUNDARIES, Vocabulary

IN_MEMORY = 64 << 20  # bytes of ids that are kept in memory
Progress = Callable[[int, int], None]
Spill = Callable[[npt.DTypeLike], Spilled]


class TextEncoder:
    """Turns text into ids and back, always in the same way.

    Raises: ValueError if the vocabulary is of another level than the tokenizer.
    """

    def __init__(
        self, tokenizer: Tokenizer, vocabulary: Vocabulary, in_memory: int = IN_MEMORY
    ) -> None:
        _check_match(tokenizer, vocabulary)
        self.tokenizer = tokenizer
        self.vocabulary = vocabulary
        self.in_memory = in_memory

    @classmethod
    def fit(
        cls,
        text: Text | str | os.PathLike[str],
        level: str = "char",
        vocabulary_size: int | None = None,
        min_count: int = 1,
        tokenize: bool = False,
    ) -> Self:
        """Build the vocabulary of a training text.

            tokens = keraslm.TextEncoder.fit("my.txt", level="word", min_count=2)

        `text` is a `Text`, a path or a dataset's name, such as "village:train"; a
        string of text itself is `Text.from_string(string)`. `level` is "char" or
        "word". Words are what spaces separate; with `tokenize`, marks of punctuation
        are tokens of their own. `vocabulary_size` is the largest number of tokens,
        `<unk>` and the line boundary among them; tokens that occur fewer than
        `min_count` times are unknown.

        Raises: UsageError for arguments that cannot be used, or a text that cannot be
            opened; CorpusError if the text has no tokens.
        """
        if level not in BOUNDARIES:
            raise UsageError(
                f"`level` is one of {', '.join(map(repr, BOUNDARIES))}; "
                f"received {level!r}"
            )
        if tokenize and level != "word":
            raise UsageError("`tokenize` splits words; it needs `level='word'`")
        tokenizer = tokenizer_named("word-marks" if tokenize else level)
        counter = tokenizer.count(as_text(text).chunks())
        vocabulary = Vocabulary.build(counter, level, vocabulary_size, min_count)
        return cls(tokenizer, vocabulary)

    @classmethod
    def learn(
        cls,
        tokenizer: Tokenizer,
        text: Text | str,
        size: int | None = None,
        min_count: int = 1,
        progress: Progress | None = None,
        in_memory: int = IN_MEMORY,
        spill: Spill | None = None,
    ) -> tuple[Self, Ids]:
        """Build the vocabulary of a training text and encode the text, in one reading.

        The tokens are numbered as they come; when all have been counted, the numbers
        are replaced by ids. `size` and `min_count` are those of `Vocabulary.build`.
        Of more than `in_memory` bytes the ids lie in a file, mapped into memory, or,
        with `spill`, in the array on the disk that it makes.

        Shapes: ids (tokens,), as of `encode`
        Raises: UsageError, CorpusError, as `Vocabulary.build` and `encode`.
        """
        numbers = Numbering()
        arrays = tokenizer.number(_chunks(text, progress), numbers, np.uint32)
        numbered = collected(arrays, np.uint32, in_memory, None, spill)
        counts = numbers.count(stretches(numbered)).tolist()
        counter = dict(zip(numbers, counts, strict=True))
        vocabulary = Vocabulary.build(counter, tokenizer.level, size, min_count)
        dtype = id_dtype(vocabulary)
        known = Known(vocabulary.ids)
        id_of: Ids = np.fromiter(map(known.__getitem__, numbers), dtype, len(numbers))
        ids = (id_of[stretch] for stretch in stretches(numbered))
        encoder = cls(tokenizer, vocabulary, in_memory)
        return encoder, collected(ids, dtype, in_memory, None, spill)

    @property
    def hash(self) -> str:
        """The SHA-256 of the tokenizer's name and the tokens."""
        both = f"{self.tokenizer.name} {self.vocabulary.hash}"
        return hashlib.sha256(both.encode()).hexdigest()

    def encode(
        self,
        text: Text | str,
        directory: str | os.PathLike[str] | None = None,
        progress: Progress | None = None,
    ) -> Ids:
        """The ids of a text, uint16, or uint32 if there are more than 65536 tokens.

        The ids of a large text lie in a temporary file in `directory`, mapped into
        memory and gone with the array. `progress` is told how many of the text's
        characters are done, and how many there are.

        Shapes: (tokens,)
        Raises: CorpusError if the text cannot be read; KeraslmError if the disk is
            full.
        """
        arrays = self.tokenizer.encode(_chunks(text, progress), self.vocabulary)
        return collected(arrays, id_dtype(self.vocabulary), self.in_memory, directory)

    def encode_prompt(self, text: str) -> list[int]:
        """The ids of a prompt, with no boundary added at its end."""
        return self.tokenizer.encode_prompt(text, self.vocabulary)

    def unknown_tokens(self, text: str) -> list[str]:
        """The tokens of a text that the vocabulary lacks, each once, in their order."""
        return self.tokenizer.unknown_tokens(text, self.vocabulary)

    def decode(self, ids: Iterable[int]) -> str:
        """The text of a sequence of ids."""
        return self.tokenizer.decode(ids, self.vocabulary)

    def pieces(self, ids: Iterable[int]) -> Iterator[str]:
        """Yield the text of each id as it comes, one string an id, some empty."""
        return self.tokenizer.pieces(ids, self.vocabulary)

    def continuation(self, prompt: Sequence[int], ids: Iterable[int]) -> Iterator[str]:
        """Yield the text of ids that follow a prompt, without the prompt's own text.

        The first piece begins with a space where one belongs after the prompt.
        """
        pieces = self.pieces(itertools.chain(prompt, ids))
        return itertools.islice(pieces, len(prompt), None)

    def to_dict(self) -> dict[str, Any]:
        """What JSON can hold and `from_dict` reads."""
        return {
            "tokenizer": self.tokenizer.name,
            "vocabulary": self.vocabulary.to_dict(),
        }

    @classmethod
    def from_dict(cls, data: Any) -> "TextEncoder":
        """Build the encoder that a model file holds.

        Raises: ModelFileError if it is not what `to_dict` gives.
        """
        if not isinstance(data, dict) or not isinstance(data.get("tokenizer"), str):
            raise ModelFileError("the encoder is damaged: it names no tokenizer")
        vocabulary = Vocabulary.from_dict(data.get("vocabulary"))
        try:
            return cls(tokenizer_named(data["tokenizer"]), vocabulary)
        except ValueError as error:
            raise ModelFileError(f"the encoder is damaged: {error}") from error


def _check_match(tokenizer: Tokenizer, vocabulary: Vocabulary) -> None:
    if tokenizer.level != vocabulary.level:
        raise ValueError(
            f"the tokenizer {tokenizer.name!r} needs a vocabulary of the "
            f"{tokenizer.level} level; received one of the {vocabulary.level} level"
        )
    if vocabulary.level == "char" and any(len(t) != 1 for t in vocabulary.tokens[1:]):
        raise ValueError("a token of a character vocabulary must be one character")


def _chunks(text: Text | str, progress: Progress | None) -> Iterable[str]:
    text = Text.from_string(text) if isinstance(text, str) else text
    return _watched(text, progress) if progress else text.chunks()


def _watched(text: Text, progress: Progress) -> Iterator[str]:
    done, total = 0, text.characters
    for chunk in text.chunks():
        yield chunk
        done += len(chunk)
        progress(done, total)


def collected(
    arrays: Iterable[Ids],
    dtype: IdType,
    in_memory: int,
    directory: str | os.PathLike[str] | None = None,
    spill: Spill | None = None,
) -> Ids:
    """Put the ids of a text together: in memory, or where they are many in a file.

    Shapes: (tokens,)
    Raises: KeraslmError if the disk is full.
    """
    kept: list[Ids] = [np.zeros(0, dtype)]
    size, arrays = 0, iter(arrays)
    for array in arrays:
        kept.append(array)
        size += array.nbytes
        if size > in_memory and spill is not None:
            return _spilled(kept, arrays, spill(kept[0].dtype))
        if size > in_memory:
            return _mapped(kept, arrays, directory)
    return np.concatenate(kept)


def _spilled(kept: list[Ids], arrays: Iterable[Ids], spilled: Spilled) -> Any:
    """Write the arrays to one on the disk, which is asked as they are."""
    for array in itertools.chain(kept, arrays):
        spilled.append(array)
    return spilled


def _mapped(
    kept: list[Ids], arrays: Iterable[Ids], directory: str | os.PathLike[str] | None
) -> Ids:
    """Write the arrays to a file without a name, which the map keeps alive."""
    dtype = kept[0].dtype
    try:
        with tempfile.TemporaryFile(dir=directory, prefix="keraslm-ids-") as file:
            while kept:
                file.write(kept.pop(0).data)
            for array in arrays:
                file.write(array.data)
            file.flush()
            return np.memmap(file, dtype, mode="r")
    except OSError as error:
        raise KeraslmError(
            f"cannot write the ids to {directory or tempfile.gettempdir()}: "
            f"{error.strerror or error}; give a folder with room in TMPDIR"
        ) from error
