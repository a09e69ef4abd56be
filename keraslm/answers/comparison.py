"""How near each kept model of a run is to counts of its text, measured meanwhile."""

import contextlib
import pathlib
import threading
from collections.abc import Sequence
from typing import Any

from keraslm.answers.references import (
    ORDERS,
    PREFIXES,
    References,
    TruthOf,
    truth_in,
)
from keraslm.answers.run_files import RunFiles
from keraslm.errors import KeraslmError, UsageError
from keraslm.floor import floor_of
from keraslm.language_model import LanguageModel
from keraslm.loading import load
from keraslm.text.corpus import Corpus, open_corpus
from keraslm.text.encoder import TextEncoder
from keraslm.training.options import read_toml

COUNTING = "the training text is being counted"
NO_MODELS = (
    "no model of a step is kept; train with `valid_steps` and a large `keep_last`"
)
NO_TEXT = "the run's text cannot be opened here, so nothing is compared with counts"

Measured = dict[str, float | None]


class Comparison:
    """The divergences of a run's kept models, which a thread of its own measures."""

    def __init__(
        self,
        files: RunFiles,
        truth_of: TruthOf = truth_in,
        prefixes: int = PREFIXES,
    ) -> None:
        self.message = NO_MODELS
        self.floor: float | None = None
        self.references: References | None = None
        self._files, self._truth_of, self._prefixes = files, truth_of, prefixes
        self._measured: dict[pathlib.Path, Measured] = {}
        self._of: Any = None  # the run that was compared, by its configuration's time
        self._thread: threading.Thread | None = None

    def told(self) -> dict[str, Any]:
        """Give what is known so far, as JSON."""
        rows = self.rows()
        known = self.references
        return {
            "message": self.message,
            "floor": self.floor,
            "names": known.names if known else [],
            "prefixes": len(known.prefixes) if known else 0,
            "on_validation": known.is_validation if known else True,
            "rows": rows,
            "stages": stages(rows),
        }

    def rows(self) -> list[dict[str, Any]]:
        """Give the divergences in bits by step, also of models that are gone."""
        found = sorted(dict(self._measured).items())
        return [{"step": step_of(file), **bits} for file, bits in found]

    def begin(self) -> None:
        """Measure in a thread what is missing, unless one is at it already."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self.work, daemon=True)
            self._thread.start()

    def work(self) -> None:
        """Measure every kept model that was not measured yet."""
        run = self._files.begun()
        if run != self._of:  # a new run in the same folder, or one that goes on
            self._of, self._measured, self.references = run, {}, None
            self.message, self.floor = NO_MODELS, None
        for file in self._files.steps().values():
            if file in self._measured or self.message == NO_TEXT:
                continue
            with contextlib.suppress(KeraslmError, OSError):  # it is gone meanwhile
                self._measure(file, load(file))

    def _measure(self, file: pathlib.Path, model: LanguageModel) -> None:
        if self.references is None:
            self.message = COUNTING
            self._prepare(model.encoder)
        known = self.references
        if known is not None and known.encoder.hash == model.encoder.hash:
            self._measured[file] = known.bits(model)

    def _prepare(self, encoder: TextEncoder) -> None:
        try:
            corpus = corpus_of(self._files)
            self.floor = _floor(corpus, encoder)
            given = (encoder, corpus, self._truth_of, self._prefixes)
            self.references = References(*given)
            self.message = ""
        except (KeraslmError, OSError):
            self.message = NO_TEXT


def corpus_of(files: RunFiles) -> Corpus:
    """Open the texts of a run, as its configuration names them.

    Raises: UsageError, CorpusError
    """
    options = read_toml(files.folder.configuration)
    name = options.get("corpus", "")
    if name == "-":
        raise UsageError("the text of the run came from standard input and is gone")
    named = {k: options[k] for k in ("encoding", "split") if k in options}
    return open_corpus(name, **named)


def _floor(corpus: Corpus, encoder: TextEncoder) -> float | None:
    """Give the perplexity of the grammar on the validation text, where it is known."""
    if corpus.valid is None or corpus.valid.language is None:
        return None
    floor = floor_of(corpus.valid, encoder.encode(corpus.valid), encoder)
    return floor.grammar.perplexity if floor else None


def step_of(file: pathlib.Path) -> int:
    """Read the step of a kept model off its name."""
    return int(file.stem.removeprefix("step-"))


def stages(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Say from which step to which the models were nearest to which counts."""
    found: list[dict[str, Any]] = []
    for row in rows:
        near = nearest(row)
        if near is None:
            continue
        if not found or found[-1]["name"] != near:
            found.append({"name": near, "from": row["step"]})
        found[-1]["to"] = row["step"]
    return found


def nearest(row: dict[str, Any]) -> str | None:
    """Name the counts that a model is nearest to; None if it is infinitely far."""
    known = [name for name in ORDERS if row.get(name) is not None]
    return min(known, key=row.__getitem__, default=None)
