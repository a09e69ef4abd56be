"""From a card to files in the cache: downloaded, checked, unpacked and cut."""

import pathlib
import tempfile
from collections.abc import Mapping, Sequence

from keraslm_datasets import archives, cache
from keraslm_datasets.cards import SPLIT_FILES, Card
from keraslm_datasets.download import Progress, download


def fetch_files(card: Card, progress: Progress | None = None) -> None:
    """Bring a card's files into the cache and make its texts.

    A file that is there already, perhaps put there by hand, is checked and not
    downloaded.

    Raises: DownloadError if a file cannot be had, is not the published one, or the
        cache cannot be written to.
    """
    before = 0
    sizes = [file.bytes for file in card.files]
    total = None if None in sizes else sum(size or 0 for size in sizes)
    for file in card.files:
        path = cache.place(card, file)
        if not path.exists():
            download(file, path, _counting_on(before, total, progress))
        before += cache.check(card, file).bytes
    if card.is_packed:
        _unpack(card)


def _counting_on(
    before: int, total: int | None, progress: Progress | None
) -> Progress | None:
    """Count one file's bytes on from those of the files before it."""
    if progress is None:
        return None

    def count(done: int, of_file: int | None) -> None:
        in_all = total if total or of_file is None else before + of_file
        progress(before + done, in_all)

    return count


def _unpack(card: Card) -> None:
    folder = cache.folder(card)
    cache.make_folder(folder)
    try:
        for file in card.files:
            archive = cache.place(card, file)
            if card.cut:
                _unpack_in_splits(archive, file.members, folder, card.cut)
            else:
                archives.unpack(archive, file.members, folder)
    except OSError as error:
        raise cache.unwritable(folder, error) from error


def _unpack_in_splits(
    archive: pathlib.Path,
    members: Mapping[str, str],
    folder: pathlib.Path,
    cut: Sequence[int],
) -> None:
    """Cut a corpus of one piece; the piece lies where no other process sees it."""
    sizes = dict(zip(SPLIT_FILES, cut, strict=True))
    with tempfile.TemporaryDirectory(dir=folder, prefix=".whole-") as own:
        whole = archives.unpack(archive, members, pathlib.Path(own))[0]
        archives.cut(whole, folder, sizes)
