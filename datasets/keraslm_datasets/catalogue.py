"""The catalogue: the datasets by name, brought here, opened and written out.

    names()                          the names, the embedded one first
    card("ptb")                      what is known of one
    fetch("ptb")                     a folder or file that keraslm.text opens
    open_dataset("village")          a keraslm.text.Corpus, whatever it takes
    export("text8", "here")          train.txt, valid.txt, test.txt in a folder

`village`, `crossroads`, `reviews`, `dates` and `village-translated` are made here, need
no network and no cache, and take a size and a seed.
"""

import difflib
import importlib
import os
import pathlib
import shutil
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from keraslm.errors import UsageError
from keraslm.files.destinations import check_file, check_folder, make_folder
from keraslm.files.writing import write_atomically
from keraslm_datasets import archives, cache, fetching
from keraslm_datasets.cards import SPLIT_FILES, Card, read_cards
from keraslm_datasets.download import Progress

if TYPE_CHECKING:
    from keraslm.text.corpus import Corpus, Text

SPLITS = ("train", "valid", "test")
DEFAULT_SIZE = "medium"
DEFAULT_SPLIT = "90/5/5"
LEAST = 10  # tokens or pairs, a tenth of which is a text yet


def names() -> list[str]:
    """Return the names of the datasets."""
    return list(read_cards())


def card(name: str) -> Card:
    """Return the card of a dataset.

    Raises: UsageError, with the nearest names, if the catalogue has no such name.
    """
    cards = read_cards()
    if name in cards:
        return cards[name]
    near = difflib.get_close_matches(name.lower(), cards, n=2, cutoff=0.4)
    hint = f"did you mean {' or '.join(near)}? " if near else ""
    raise UsageError(
        f"no dataset is called {name!r}; {hint}The catalogue has: {', '.join(cards)}"
    )


def files(name: str) -> list[pathlib.Path]:
    """Return where the files of a dataset lie once it is here: none if it is drawn."""
    found = card(name)
    if found.has_splits:
        return [cache.folder(found) / file for file in SPLIT_FILES]
    return [cache.place(found, file) for file in found.files]


def is_present(name: str) -> bool:
    """Say whether a dataset can be used without a network."""
    return all(path.is_file() for path in files(name))


def fetch(name: str, progress: Progress | None = None) -> pathlib.Path:
    """Bring a dataset into the cache and return what keraslm.text.open_corpus opens.

    This is a folder with train.txt, valid.txt and test.txt where the corpus has
    splits, one file for tiny-shakespeare, and the zip of vectors for glove-6b. What is
    here already, also put there by hand, is checked once and not fetched again.
    `progress` receives the bytes so far and in all.

    Raises: UsageError for an unknown name, and for one that is made and not fetched;
        DownloadError if a file cannot be had or is not the published one.
    """
    found = card(name)
    if found.kind == "generated":
        raise UsageError(
            f"{name} is made here and needs no fetching; "
            f"write it to a folder by: keraslm datasets export {name} DIR"
        )
    if not (found.is_packed and is_present(name)):
        fetching.fetch_files(found, progress)
    return cache.folder(found) if found.has_splits else files(name)[0]


def checks(name: str) -> dict[str, cache.Checked]:
    """Return what was found of each downloaded file that is here, by file name."""
    found = card(name)
    known = {file.name: cache.known_check(found, file) for file in found.files}
    return {file: check for file, check in known.items() if check is not None}


def open_dataset(
    name: str,
    size: str | int | None = None,
    seed: int = 0,
    split: str = DEFAULT_SPLIT,
    progress: Progress | None = None,
) -> "Corpus":
    """Return a dataset as a keraslm.text.Corpus, one of a single file cut by `split`.

    What is made here has a `size`, "small", "medium", "large" or a number of tokens, or
    for dates of pairs (default medium), and a `seed`. Any other dataset is fetched if
    it must be.

    Raises: as `fetch`, and UsageError for a dataset that is not text, or for a size
        where there is none to choose.
    """
    from keraslm.text.corpus import Corpus, open_corpus

    found = _text_card(name, size)
    if found.kind == "generated":
        train, valid, test = _drawn_texts(name, size, seed)
        return Corpus(name, train, valid, test, has_own_parts=True)
    return open_corpus(fetch(name, progress), split=split)


def export(
    name: str,
    folder: str | os.PathLike[str],
    size: str | int | None = None,
    seed: int = 0,
    *,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> list[pathlib.Path]:
    """Write a dataset as train.txt, valid.txt and test.txt into `folder`.

    The folder is a corpus for `keraslm train`. glove-6b is unpacked there instead, to
    its four files of vectors. `size` and `seed` are those of `open_dataset`.

    Raises: as `open_dataset`, and UsageError if a file exists and `overwrite` is
        false, or if the folder cannot be written to.
    """
    folder = pathlib.Path(folder)
    is_vectors = card(name).kind == "vectors"
    found = card(name) if is_vectors else _text_card(name, size)
    members = tuple(found.files[0].members.values()) if is_vectors else SPLIT_FILES
    targets = [folder / file for file in members]
    _check_export(folder, targets, overwrite)
    if found.kind != "generated":
        fetch(name, progress)
    try:
        make_folder(folder)
        _write_export(found, targets, size, seed)
    except OSError as error:
        reason = error.strerror or error
        raise UsageError(f"cannot write into {folder}: {reason}") from error
    return targets


def _check_export(
    folder: pathlib.Path, targets: list[pathlib.Path], overwrite: bool
) -> None:
    """Refuse before any work to replace files, or a place that cannot be written to.

    Raises: UsageError
    """
    check_folder(folder)
    if not folder.is_dir():
        return
    for path in targets:
        if check_file(path).is_file and not overwrite:
            raise UsageError(
                f"{path} exists; choose another folder or `overwrite=True`"
            )


def _text_card(name: str, size: str | int | None) -> Card:
    found = card(name)
    if found.kind == "vectors":
        raise UsageError(f"{name} holds word vectors and is no text to train on")
    if found.kind != "generated" and size is not None:
        several = [n for n, card in read_cards().items() if card.kind == "generated"]
        raise UsageError(
            f"{name} has one size; {', '.join(several[:-1])} and {several[-1]} have "
            "several"
        )
    return found


def _write_export(
    found: Card, targets: list[pathlib.Path], size: str | int | None, seed: int
) -> None:
    if found.kind == "vectors":
        archive = files(found.name)[0]
        archives.unpack(archive, found.files[0].members, targets[0].parent)
    elif found.has_splits:
        for source, target in zip(files(found.name), targets, strict=True):
            with write_atomically(target) as temporary:
                shutil.copyfile(source, temporary)
    else:
        corpus = open_dataset(found.name, size, seed)
        for text, target in zip(_parts(corpus), targets, strict=True):
            with write_atomically(target) as path, path.open("wb") as out:
                out.writelines(chunk.encode() for chunk in text.chunks())


def _parts(corpus: "Corpus") -> list["Text"]:
    parts = (corpus.train, corpus.valid, corpus.test)
    return [text for text in parts if text is not None]


def _generator(name: str) -> Any:
    """Return the module that makes a dataset."""
    return importlib.import_module(f"keraslm_datasets.{name.replace('-', '_')}")


def _number(name: str, size: str | int | None, sizes: Mapping[str, int]) -> int:
    """Return how many tokens or pairs the training text has."""
    size = DEFAULT_SIZE if size is None else size
    if size in sizes:
        return sizes[str(size)]
    try:
        number = int(size)
    except ValueError:
        number = 0
    if number < LEAST:
        raise UsageError(
            f"the size of {name} must be {', '.join(sizes)} or a number of "
            f"{card(name).unit.split()[0]}, at least {LEAST}; received {size!r}"
        )
    return number


def _drawn_texts(name: str, size: str | int | None, seed: int) -> list["Text"]:
    """Return train, valid and test; the latter two have a tenth of the size each."""
    from keraslm.text.corpus import Text

    made = _generator(name)
    number = _number(name, size, made.SIZES)
    sizes = (number, number // 10, number // 10)
    of_lines = made if name == "village" else None  # its lines are its sentences
    return [
        Text.from_string(made.text(split, count, seed), f"{name}.{split}", of_lines)
        for split, count in zip(SPLITS, sizes, strict=True)
    ]
