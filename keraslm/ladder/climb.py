"""Climb the ladder: train and measure every rung on the same tokens."""

import dataclasses
import gc
import os
import time
from collections.abc import Sequence
from typing import Any

from keraslm.backend import check_backend
from keraslm.card import Card, Reading, require_same_thing
from keraslm.errors import (
    CorpusChanged,
    CorpusError,
    Terminated,
    UsageError,
    first_line,
)
from keraslm.figures.ladder import draw_ladder
from keraslm.ladder.budget import LEAST, Budget
from keraslm.ladder.folder import LadderFolder
from keraslm.ladder.markdown import caption, write_markdown
from keraslm.ladder.points import points_of
from keraslm.ladder.result import Result, ResultsFile, floor_of
from keraslm.ladder.rungs import MIXTURE, UNIFORM, Rung, chosen
from keraslm.ladder.uniform import Uniform
from keraslm.language_model import LanguageModel
from keraslm.loading import load
from keraslm.mixture import Mixture
from keraslm.text.corpus import Corpus
from keraslm.text.encoder import TextEncoder
from keraslm.training.encoded import Encoded
from keraslm.training.folder import RunFolder
from keraslm.training.options import WORDS_KEPT, Configuration, resolve
from keraslm.training.reporter import Reporter
from keraslm.training.resuming import hashes
from keraslm.training.run import train
from keraslm.training.texts import read_texts, to_measure
from keraslm.vectors.options import VectorOptions
from keraslm.vectors.reader import read_width
from keraslm.vectors.text_format import write_vectors
from keraslm.vectors.training import train_vectors

WIDTH = 64  # of vectors that are trained for the ladder


class Ladder:
    """The rungs of one corpus, in one folder.

    `options` are those of `Configuration` that all rungs share: the level, what makes
    the vocabulary, the seed; `pretrained` are "embeddings" and what else tells how to
    read them. Every rung is a run of its own in the folder; the results are written
    after each, so that a ladder that was interrupted goes on with the run that it was
    in, and with the rungs that it lacks.

    Raises: UsageError, CorpusError before the first rung.
    """

    def __init__(
        self,
        corpus: Corpus,
        out: str | os.PathLike[str],
        minutes: float,
        names: Sequence[str] | None = None,
        options: dict[str, Any] | None = None,
        pretrained: dict[str, Any] | None = None,
        overwrite: bool = False,
        reporter: Reporter | None = None,
        command: str = "",
    ) -> None:
        check_ladder(minutes, names)
        if pretrained is not None:
            read_width(pretrained["embeddings"])  # refuses a file that is none
        self.rungs = chosen(names)
        self._corpus, self._minutes, self._command = corpus, minutes, command
        self._pretrained = pretrained
        self._options = {"level": "word", **(options or {})}
        if self._options["level"] == "word":
            self._options.setdefault("vocabulary_size", WORDS_KEPT)
        Configuration(**self._options)
        self._reporter = reporter or Reporter()
        self.folder = LadderFolder(out)
        self.folder.create(overwrite)
        depends_on = {**self._options, **hashes(corpus)}
        self._kept = ResultsFile(self.folder.results, depends_on)
        self._budget = self._new_budget()

    @property
    def results(self) -> list[Result]:
        """The results so far, from the lowest rung to the highest."""
        found = self._kept.results
        return [found[rung.name] for rung in self.rungs if rung.name in found]

    def climb(self) -> list[Result]:
        """Run every rung that has no result; one that fails leaves its reason.

        Raises: CorpusError if the model could measure nothing of the test text.
        """
        for text in filter(None, (self._corpus.valid, self._corpus.test)):
            text.ask_grammar()  # which is no rung's cost
        if len(self.results) < len(self.rungs):
            self._check_measurable()
        for rung in self.rungs:
            if rung.name not in self._kept.results:
                self._reporter.note(f"--- {rung.title}")
                self._kept.add(self._result(rung))
                self._write()
        return self.results

    def _new_budget(self) -> Budget:
        spent = sum(r.seconds for r in self.results) - self._counted_twice()
        missing = [r for r in self.rungs if r.name not in self._kept.results]
        learners = sum(rung.takes_minutes for rung in missing)
        return Budget(60 * self._minutes, spent, learners)

    def _counted_twice(self) -> float:
        """The seconds of parts, which are among those of their mixtures too."""
        found = self._kept.results
        parts = (p for rung in self.rungs if rung.name in found for p in rung.parts)
        return sum(found[part].seconds for part in parts if part in found)

    def _result(self, rung: Rung) -> Result:
        began = time.perf_counter()
        result = Result(rung.name, rung.title, note=rung.note)
        try:
            found = self._measured(rung)
        except (Terminated, CorpusChanged):
            raise
        except Exception as error:  # whatever it was, the other rungs go on
            found = {"failure": _reason(error)}
        gc.collect()
        seconds = time.perf_counter() - began
        parts = (self._kept.results[part].seconds for part in rung.parts)
        return dataclasses.replace(result, seconds=seconds + sum(parts), **found)

    def _measured(self, rung: Rung) -> dict[str, Any]:
        if rung.how == UNIFORM:
            return self._uniform()
        if rung.how == MIXTURE:
            return self._mixture(rung)
        return self._run(rung)

    def _run(self, rung: Rung) -> dict[str, Any]:
        if not rung.takes_minutes:
            return self._trained(rung)
        share, began = self._budget.share(), time.perf_counter()
        try:
            vectors = self._vectors() if rung.pretrained else {}
            left = share - (time.perf_counter() - began)
            return self._trained(rung, minutes=max(left, LEAST) / 60, **vectors)
        finally:
            self._budget.took(share, time.perf_counter() - began)

    def _trained(self, rung: Rung, **more: Any) -> dict[str, Any]:
        options = {**self._options, **rung.options, **more}
        c = Configuration(**options, out=str(self.folder.run(rung.name)))
        run = train(c, self._corpus, True, self._reporter, self._command, resume=True)
        if run.model.metadata.get("interrupted"):
            raise KeyboardInterrupt
        size = run.folder.model.stat().st_size
        return self._checked(run.model.parameters, size, run.card)

    def _vectors(self) -> dict[str, Any]:
        """Give the options of vectors; without a file, train them on the text."""
        if self._pretrained is not None:
            return self._pretrained
        encoder, texts = self._texts()
        options = VectorOptions(width=WIDTH, seed=self._options.get("seed", 0))
        vectors = train_vectors(encoder.vocabulary, texts["train"].ids, options)
        write_vectors(self.folder.vectors, vectors)
        return {"embeddings": str(self.folder.vectors)}

    def _texts(self) -> tuple[TextEncoder, dict[str, Encoded]]:
        c = resolve(Configuration(**self._options, model="ngram"))
        return read_texts(c, self._corpus, None, self._reporter)

    def _check_measurable(self) -> None:
        encoder, texts = self._texts()
        text, ids = to_measure(self._corpus, encoder, texts, self._reporter)
        if why := encoder.vocabulary.why_unmeasured(text.name, ids):
            raise CorpusError(f"a ladder has nothing to compare: {why}")

    def _uniform(self) -> dict[str, Any]:
        encoder, texts = self._texts()
        model = Uniform(encoder)
        model.metadata["texts"] = self._corpus.parts_by_hash()
        text, ids = to_measure(self._corpus, encoder, texts, self._reporter)
        return self._figures(model, model.read(text, ids), 0)

    def _mixture(self, rung: Rung) -> dict[str, Any]:
        valid, test = self._corpus.valid, self._corpus.test
        if valid is None or test is None:
            raise UsageError("a mixture needs a validation text and a test text")
        files = [RunFolder(self.folder.run(part)).model for part in rung.parts]
        self._require(rung.parts)
        titles = [self._kept.results[part].title for part in rung.parts]
        mixture = Mixture.fit([load(file) for file in files], valid, titles)
        size = sum(file.stat().st_size for file in files)
        return self._figures(mixture, mixture.read(test), size)

    def _require(self, parts: Sequence[str]) -> None:
        for part in parts:
            if self._kept.results[part].failure:
                raise UsageError(f"its part {part} has no model")

    def _figures(
        self, model: LanguageModel, reading: Reading, size: int
    ) -> dict[str, Any]:
        card = model.card(reading, self._command)
        return self._checked(model.parameters, size, card)

    def _checked(self, parameters: int, size: int, card: Card) -> dict[str, Any]:
        """Give the figures of a rung, if it measured what the others did."""
        others = (Card(**r.card) for r in self.results if not r.failure)
        require_same_thing([*others, card])
        return {"parameters": parameters, "bytes": size, "card": card.to_dict()}

    def _write(self) -> None:
        write_markdown(self.results, self.folder.markdown, self._command)
        points = points_of(self.results)
        about, floor = caption(self.results), floor_of(self.results)
        if points:
            draw_ladder(points, self.folder.picture, "seconds", floor, about)
        if any(point.size for point in points):
            draw_ladder(points, self.folder.picture_by_size, "bytes", floor, about)


def check_ladder(minutes: float, names: Sequence[str] | None) -> None:
    """Refuse what no ladder can be told, before any work.

    Raises: UsageError
    """
    if not 0 < minutes < float("inf"):
        raise UsageError(f"minutes must be more than 0; received {minutes!r}")
    chosen(names)
    check_backend()


def _reason(error: Exception) -> str:
    """Say in one line why a rung has no figures."""
    return first_line(error)[:300] or type(error).__name__
