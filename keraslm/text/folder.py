"""What a folder offers as a text: named parts, or every text file below it."""

import pathlib
import re
import shlex
from collections.abc import Iterable, Iterator

from keraslm.archive import MODEL_IN_RUN
from keraslm.errors import CorpusError
from keraslm.text.kinds import is_text
from keraslm.text.source import Source

PART = re.compile(
    r"(?:[^.]+\.)?(train|valid|validation|val|dev|test)(?:\.(?:txt|text|tokens|raw))?"
    r"(?:\.gz)?",
    re.IGNORECASE,
)
MEANING = {"validation": "valid", "val": "valid", "dev": "valid"}


def named_parts(folder: pathlib.Path) -> dict[str, pathlib.Path]:
    """The files of a folder that are its train, valid and test parts.

    A part is called `train`, `valid` or `test` (`validation`, `val` and `dev` are
    valid too), with at most one word and a dot before it, and after it nothing or
    `.txt`, `.text`, `.tokens` or `.raw`, then perhaps `.gz`: train.txt, test.txt.gz,
    ptb.valid.txt, wiki.train.tokens. Without a train file there are no named parts.

    Raises: CorpusError if two files claim to be the same part.
    """
    parts: dict[str, pathlib.Path] = {}
    for path in sorted(folder.iterdir()):
        match = PART.fullmatch(path.name)
        if match is None or path.name.startswith(".") or not path.is_file():
            continue
        part = match[1].lower()
        part = MEANING.get(part, part)
        if part in parts:
            raise CorpusError(
                f"{folder} has two files for the {part} part, {parts[part].name} and "
                f"{path.name}; leave one, or give a file instead of the folder"
            )
        parts[part] = path
    return parts if "train" in parts else {}


def files_below(folder: pathlib.Path) -> list[pathlib.Path]:
    """Every regular file below a folder in sorted order; hidden ones are left out."""
    found = []
    for path in folder.rglob("*"):
        inside = path.relative_to(folder)
        if not any(name.startswith(".") for name in inside.parts) and path.is_file():
            found.append((inside.parts, path))
    return [path for _, path in sorted(found)]


def text_files(
    folder: pathlib.Path, encoding: str
) -> tuple[list[Source], tuple[str, ...]]:
    """The text files below a folder, and the names of the others.

    Raises: CorpusError if there is no text file, or what is there is a training run.
    """
    if (folder / MODEL_IN_RUN).exists():
        raise CorpusError(
            f"{folder} holds a trained model and no texts; to train it further: "
            f"keraslm resume {shlex.quote(str(folder))}"
        )
    sources, skipped = [], []
    for path in files_below(folder):
        source = Source(path)
        if _looks_like_text(source, encoding):
            sources.append(source)
        else:
            skipped.append(str(path))
    if not sources:
        others = f" ({len(skipped)} binary files)" if skipped else ""
        raise CorpusError(
            f"{folder} holds no text files{others}; give a folder with .txt files"
        )
    return sources, tuple(skipped)


def joined(texts: Iterable[Iterable[str]]) -> Iterator[str]:
    """One text after another, with a newline where one lacks its last newline."""
    last = "\n"
    for text in texts:
        first = True
        for chunk in text:
            if first and last != "\n":
                yield "\n"
            first, last = False, chunk[-1]
            yield chunk


def _looks_like_text(source: Source, encoding: str) -> bool:
    try:
        return is_text(source.head(), encoding)
    except CorpusError:  # a damaged gzip file
        return False
