"""The mark of a folder that keraslm wrote, so that no corpus takes it for texts.

The mark is a hidden file that says what the folder is, such as "a run". Folders of
versions that wrote none are known by their files.
"""

import os
import pathlib

from keraslm.files.destinations import make_folder

MARK = ".keraslm"
RUN = "a run"
RATE = "a search for the learning rate"
LADDER = "a ladder"
EXPORT = "an export"
PROJECTOR = "vectors for the projector"
DEMO = "a demo"
# Two of the files of a kind make a folder of that kind.
FILES = {
    RUN: {"model.keras", "config.toml", "history.csv", "card.json", "checkpoint.zip"},
    RATE: {"learning_rate.csv", "learning_rate.png"},
    LADDER: {"ladder.json", "ladder.md"},
    EXPORT: {"model.json", "generate.py"},
    PROJECTOR: {"vectors.tsv", "metadata.tsv"},
}
LONGEST = 100  # bytes of a mark


def make_marked(folder: str | os.PathLike[str], kind: str) -> None:
    """Make a folder and mark it, unless it holds what someone else put there.

    Raises: OSError if it cannot be made.
    """
    make_folder(folder)
    folder = pathlib.Path(folder)
    if not any(path.name != ".lock" for path in folder.iterdir()):
        (folder / MARK).write_text(f"{kind}, written by keraslm\n", encoding="utf-8")


def kind_written(folder: str | os.PathLike[str]) -> str | None:
    """Say what keraslm wrote in a folder, such as "a run"; None where it did not."""
    folder = pathlib.Path(folder)
    try:
        with (folder / MARK).open("rb") as file:
            told = file.read(LONGEST).decode("utf-8", "replace")
        return told.partition(",")[0].strip() or RUN
    except OSError:  # none, or none that can be read
        pass
    for kind, names in FILES.items():
        if sum((folder / name).is_file() for name in names) > 1:
            return kind
    return None
