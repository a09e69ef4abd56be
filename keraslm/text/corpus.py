"""Any file, folder, .gz or standard input as a corpus of up to three texts."""

import dataclasses
import os
import pathlib
from collections.abc import Iterator

from keraslm.errors import CorpusError, UsageError
from keraslm.named_texts import catalogue
from keraslm.text.decoding import decoded
from keraslm.text.folder import joined, named_parts, not_among, text_files
from keraslm.text.kinds import check_kind, checked_encoding
from keraslm.text.origin import Origin
from keraslm.text.skipped import Skipped
from keraslm.text.source import CHUNK_SIZE, Source, readable
from keraslm.text.split import cut, parse_split
from keraslm.text.text import Text

LONGEST_NAME = 255  # of a file, on most systems; a path to it is longer

__all__ = ["Corpus", "Skipped", "Text", "as_text", "open_corpus", "open_text"]


@dataclasses.dataclass(frozen=True)
class Corpus:
    """A text to train on and, where there are, texts to choose by and to test on."""

    name: str
    train: Text
    valid: Text | None = None
    test: Text | None = None
    whole: Text | None = None  # what the parts were cut from
    skipped: tuple[Skipped, ...] = ()  # what in a folder is no part of the text
    has_own_parts: bool = False  # they were not cut from one text

    def parts_by_hash(self) -> dict[str, str]:
        """Say which part each text is, by its SHA-256: whole, test, valid or train."""
        parts = ("whole", "test", "valid", "train")  # the last, where two are the same
        texts = [(getattr(self, part), part) for part in parts]
        return {text.sha256: part for text, part in texts if text is not None}


def open_text(
    path: str | os.PathLike[str],
    encoding: str = "utf-8",
    *,
    chunk_size: int = CHUNK_SIZE,
) -> Text:
    """Open a file, a folder, a .gz file or "-" (standard input) as one text.

    So is a dataset by its name, "village:test": see `keraslm_datasets.names`.

    A folder is every text file below it, in sorted order, with a newline after each
    file that lacks its last one. Hidden files, what keraslm wrote and what is no text
    are left out; `skipped` of the text says what, and why.

    Raises: UsageError if there is no such file or encoding; CorpusError if it is
        empty, binary or damaged (what lies far inside is found when it is read).
    """
    encoding = checked_encoding(encoding)
    _refuse_empty(path)
    if isinstance(path, str) and catalogue().is_dataset(path):
        found: Text = catalogue().open_text(path)
        return found
    with readable(os.fspath(path)):
        return _open(path, encoding, chunk_size)


def as_text(text: Text | str | os.PathLike[str]) -> Text:
    """Give a text itself, or open the one of that path or name.

    Raises: as `open_text`, and UsageError for a string that is the text itself.
    """
    if isinstance(text, Text):
        return text
    name = os.fspath(text)
    if ("\n" in name or len(name) > LONGEST_NAME) and not os.path.lexists(name):
        raise UsageError(
            "a string is a path or a dataset's name; received "
            f"{len(name):,} characters of text: give `Text.from_string(text)` of "
            "`keraslm.text`"
        )
    return open_text(text)


def open_corpus(
    path: str | os.PathLike[str],
    encoding: str = "utf-8",
    split: str = "90/5/5",
    *,
    chunk_size: int = CHUNK_SIZE,
) -> Corpus:
    """Open a corpus: a folder with parts by name, or one text that is cut by `split`.

    So is a dataset by its name: "village", "village:large", "ptb".

    A folder with a train file, or a folder `train` of files (see
    `folder.named_parts`), is taken as it is: `split` is not used, and it may lack a
    valid or test part. Any other folder or file is one text (see `open_text`), cut
    contiguously (see `split.cut`).

    Raises: UsageError for a bad split, path or encoding; CorpusError for a text that
        is empty, binary, damaged or too short for the split.
    """
    parts = parse_split(split)
    encoding = checked_encoding(encoding)
    _refuse_empty(path)
    if isinstance(path, str) and catalogue().is_dataset(path):
        found: Corpus = catalogue().open_corpus(path, split)
        return found
    with readable(os.fspath(path)):
        if os.fspath(path) != "-" and pathlib.Path(path).is_dir():
            folder = pathlib.Path(path)
            if files := named_parts(folder):
                return _corpus_of_parts(folder, files, encoding, chunk_size)
        text = _open(path, encoding, chunk_size)
        texts = cut(text, parts, split)
    valid, test = texts.get("valid"), texts.get("test")
    whole = text if len(texts) > 1 else None
    return Corpus(text.name, texts["train"], valid, test, whole, text.skipped)


def _refuse_empty(path: str | os.PathLike[str]) -> None:
    if not os.fspath(path):
        raise UsageError(
            "the name of a text is empty, as that of a variable that is not set; "
            "give a file, a folder or '-'"
        )


def _corpus_of_parts(
    folder: pathlib.Path, files: dict[str, pathlib.Path], encoding: str, size: int
) -> Corpus:
    texts = {part: _open(path, encoding, size) for part, path in files.items()}
    name = folder.resolve().name
    skipped = not_among(folder, files)
    for part, path in files.items():
        skipped += tuple(
            Skipped(f"{path.name}/{each.path}", each.what)
            for each in texts[part].skipped
        )
    return Corpus(name, **texts, skipped=skipped, has_own_parts=True)


def _open(path: str | os.PathLike[str], encoding: str, size: int) -> Text:
    if os.fspath(path) == "-":
        return _file_text(Source("-"), encoding, size)
    path = pathlib.Path(path)
    if not path.exists():
        catalogue().refuse_misspelt(str(path))
        raise UsageError(f"there is no file or folder {path}")
    if path.is_dir():
        return _folder_text(path, encoding, size)
    return _file_text(Source(path), encoding, size)


def _file_text(source: Source, encoding: str, size: int) -> Text:
    check_kind(source.name, source.head(), encoding)
    name = pathlib.Path(source.name).name
    text = Text(
        name,
        lambda: decoded(source.chunks(size), encoding, source.name),
        origin=_origin([source], encoding),
    )
    return _not_empty(text, source.name)


def _folder_text(folder: pathlib.Path, encoding: str, size: int) -> Text:
    sources, skipped = text_files(folder, encoding)

    def read() -> Iterator[str]:
        return joined(decoded(s.chunks(size), encoding, s.name) for s in sources)

    origin = _origin(sources, encoding)
    text = Text(folder.resolve().name, read, skipped, origin=origin)
    return _not_empty(text, str(folder))


def _origin(sources: list[Source], encoding: str) -> Origin | None:
    if any(source.is_copy for source in sources):
        return None
    paths = (str(pathlib.Path(source.name).absolute()) for source in sources)
    return Origin(tuple(paths), encoding)


def _not_empty(text: Text, name: str) -> Text:
    if next(text.chunks(), None) is None:
        raise CorpusError(f"{name} is empty; give a text with at least two tokens")
    return text
