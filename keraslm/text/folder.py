"""What a folder offers as a text: named parts, or every text file below it."""

import pathlib
import re
import shlex
from collections.abc import Iterable, Iterator

from keraslm.errors import CorpusError, UsageError
from keraslm.files.marker import RUN, kind_written
from keraslm.text.kinds import what_no_text
from keraslm.text.skipped import Skipped
from keraslm.text.source import Source
from keraslm.text.split import PARTS
from keraslm.text.written import kind_of_results

PART = re.compile(
    r"(?:[^.]+\.)?(train|valid|validation|val|dev|test)(?:\.(?:txt|text|tokens|raw))?"
    r"(?:\.gz)?",
    re.IGNORECASE,
)
MEANING = {"validation": "valid", "val": "valid", "dev": "valid"}
HIDDEN = "hidden"
INNER_FOLDER = "a folder"
SHOWN = 3  # of what is no text, in an error


def named_parts(folder: pathlib.Path) -> dict[str, pathlib.Path]:
    """The files, or folders of files, that are a folder's train, valid and test parts.

    A part is called `train`, `valid` or `test` (`validation`, `val` and `dev` are
    valid too), with at most one word and a dot before it, and after it nothing or
    `.txt`, `.text`, `.tokens` or `.raw`, then perhaps `.gz`: train.txt, test.txt.gz,
    ptb.valid.txt, wiki.train.tokens. A folder `train`, `valid` or `test` is the part
    that its files are, one after another. Without a train part there are none.

    Raises: CorpusError if two files claim to be the same part.
    """
    parts: dict[str, pathlib.Path] = {}
    for path in sorted(folder.iterdir()):
        match = PART.fullmatch(path.name)
        if match is None or not _may_be_part(path):
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


def _may_be_part(path: pathlib.Path) -> bool:
    what = _what_no_file(path)
    if what == INNER_FOLDER and "." not in path.name:
        return any(not inner for _, inner in _below(path))
    return not what


def text_files(
    folder: pathlib.Path, encoding: str
) -> tuple[list[Source], tuple[Skipped, ...]]:
    """The text files below a folder, in sorted order, and what else is there.

    Raises: CorpusError if there is no text file, or keraslm wrote the folder.
    """
    _check_not_written(folder)
    sources, skipped = [], []
    for path, what in _below(folder):
        source = None if what else Source(path)
        if source is not None and not (what := _what_skipped(source, encoding)):
            sources.append(source)
        else:
            skipped.append(Skipped(str(path.relative_to(folder)), what))
    if not sources:
        raise CorpusError(
            f"{folder} holds no text files{_in_short(_hidden_last(skipped))}; "
            "give a folder with .txt files"
        )
    return sources, _hidden_last(skipped)


def not_among(
    folder: pathlib.Path, parts: dict[str, pathlib.Path]
) -> tuple[Skipped, ...]:
    """What a folder with named parts holds beside them."""
    names = ", ".join(parts[part].name for part in PARTS if part in parts)
    reason = f"none of the parts ({names})"
    taken = set(parts.values())
    others = [(p, what) for p, what in _below(folder) if not taken & {p, *p.parents}]
    return _hidden_last(
        Skipped(str(path.relative_to(folder)), what or reason) for path, what in others
    )


def _below(folder: pathlib.Path) -> Iterator[tuple[pathlib.Path, str]]:
    """Yield what lies below a folder in sorted order, and what it is but a file.

    That is "" for a regular file. Folders that are skipped are not entered.
    """
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        what = _what_no_file(path)
        if what == INNER_FOLDER:
            try:
                yield from _below(path)
            except PermissionError:
                yield path, "a folder that may not be read"
        else:
            yield path, what


def _what_no_file(path: pathlib.Path) -> str:
    if path.name.startswith("."):
        return HIDDEN
    if path.is_dir():
        if path.is_symlink():
            return "a link to a folder, and these are not followed"
        kind = kind_written(path)
        return f"{kind} that keraslm wrote" if kind else INNER_FOLDER
    if path.is_symlink() and not path.exists():
        return "a link to nothing"
    return "" if path.is_file() else "no regular file"


def _what_skipped(source: Source, encoding: str) -> str:
    """Say what a file is that is not read, "" where it is a text."""
    try:
        head = source.head()
    except CorpusError as error:  # damaged
        return str(error).removeprefix(f"{source.name} is ")
    except UsageError as error:
        return str(error)
    if not head:
        return "empty"
    found = what_no_text(head, encoding)
    return found[0] if found else kind_of_results(head) or ""


def _check_not_written(folder: pathlib.Path) -> None:
    kind = kind_written(folder)
    if kind == RUN:
        raise CorpusError(
            f"{folder} holds a trained model and no texts; to train it further: "
            f"keraslm resume {shlex.quote(str(folder))}"
        )
    if kind:
        raise CorpusError(
            f"{folder} holds {kind} that keraslm wrote and no texts; give the folder "
            "of the texts"
        )


def _hidden_last(skipped: Iterable[Skipped]) -> tuple[Skipped, ...]:
    """Let what is hidden, as a rule for good reason, come after what is not."""
    return tuple(sorted(skipped, key=lambda each: each.what == HIDDEN))


def _in_short(skipped: tuple[Skipped, ...]) -> str:
    if not skipped:
        return ""
    shown = "; ".join(map(str, skipped[:SHOWN]))
    others = len(skipped) - SHOWN
    return f" ({shown}{f'; {others:,} more' if others > 0 else ''})"


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
