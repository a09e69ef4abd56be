"""How a counting run keeps to its memory: what it may take, and where the rest goes."""

import os
import pathlib

from keraslm.errors import UsageError
from keraslm.files.destinations import check_folder
from keraslm.files.spilled import Workspace
from keraslm.memory import in_words, parse_size, usual_memory
from keraslm.text.vocabulary import Vocabulary
from keraslm.training.options import Configuration
from keraslm.training.reporter import Reporter

FIXED = 24 << 20  # bytes that reading a text and sorting take at least
OF_A_WORD = 600  # bytes, of the vocabulary, its ids, and what is kept of each word
OF_A_CHARACTER = 3  # bytes besides, of each character of its words
OF_A_TOKEN = 70  # bytes, for each order, of what is counted in memory
IDS_IN_MEMORY = 16  # the ids of a text may take this part of the memory
STEP = 1 << 20  # bytes to which the least memory is rounded up


class CountingMemory:
    """The memory that a counting run may take for its text and its counts.

    What Python and its libraries take before is not part of it.
    Raises: UsageError if it is too small for any text, or the folder of temporary files
        is not there, or cannot be written to.
    """

    def __init__(self, c: Configuration, run: pathlib.Path) -> None:
        self.bytes = parse_size(c.memory) if c.memory else usual_memory()
        self.is_given = c.memory is not None
        self._check_enough(FIXED, "any text")
        self.folder = pathlib.Path(c.temporary) if c.temporary else _nearest(run)
        if c.temporary:
            _check_there(self.folder)
        self.ids = Workspace(self.bytes, self.folder)
        """Where the ids of a text lie that are too many for memory."""

    @property
    def of_ids(self) -> int:
        """How many bytes of ids stay in memory."""
        return self.bytes // IDS_IN_MEMORY

    def workspace(
        self, tokens: int, order: int, vocabulary: Vocabulary, reporter: Reporter
    ) -> Workspace | None:
        """Give where to count so many tokens; None where memory holds them.

        Raises: UsageError if the vocabulary alone takes more than there is.
        """
        size, characters = len(vocabulary), sum(map(len, vocabulary.tokens))
        words = FIXED + size * OF_A_WORD + characters * OF_A_CHARACTER
        what = f"a vocabulary of {size:,} tokens with {characters:,} characters"
        self._check_enough(words, what)
        if tokens * order * OF_A_TOKEN <= self.bytes:
            return None
        chosen = "" if self.is_given else "; `memory` sets another limit"
        reporter.note(
            f"counts {tokens:,} tokens within {in_words(self.bytes)} of memory, with "
            f"temporary files in {self.folder}{chosen}"
        )
        return Workspace(self.bytes - words + FIXED // 2, self.folder)

    def _check_enough(self, least: int, what: str) -> None:
        if self.bytes >= least:
            return
        enough = -(-least // STEP)
        if not self.is_given:
            raise UsageError(
                f"too little memory is free to count {what}: {in_words(self.bytes)} "
                f"beside what Python takes, and {enough} MB are needed; end other "
                "programs, or raise the limit that this one runs under"
            )
        raise UsageError(
            f"a `memory` of {in_words(self.bytes)} is too small to count {what}; the "
            f"smallest that works is {enough}M"
        )


def _check_there(folder: pathlib.Path) -> None:
    check_folder(folder)
    if not folder.is_dir():
        raise UsageError(
            f"there is no folder {folder} for temporary files; make it, or name "
            "another one as `temporary`"
        )


def _nearest(run: pathlib.Path) -> pathlib.Path:
    """Give the folder that the run is made in, or the one above it that is there."""
    folder = run.absolute().parent
    while not folder.is_dir() or not os.access(folder, os.W_OK):
        if folder == folder.parent:
            break
        folder = folder.parent
    return folder
