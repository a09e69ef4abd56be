"""A search for the learning rate, from the text to its curve in the folder RUN."""

import dataclasses
import os
import pathlib
from typing import Any

import pandas as pd

from keraslm.errors import TrainingError, UsageError
from keraslm.files import marker
from keraslm.files.writing import write_atomically
from keraslm.text.corpus import Corpus
from keraslm.training.encoded import Encoded
from keraslm.training.folder import RunFolder
from keraslm.training.initial import complete
from keraslm.training.network import new_network
from keraslm.training.options import Configuration
from keraslm.training.pretrained import read_pretrained
from keraslm.training.rate_curve import RateCurve
from keraslm.training.reporter import Reporter
from keraslm.training.run import check_options, check_place, default_folder
from keraslm.training.texts import read_texts

STEPS = 200  # unless steps or minutes are given
LEAST_STEPS = 50  # fewer raise the rate faster than a network can follow


class RateFolder(RunFolder):
    """The files of a search, by name; those of a run beside them are left alone."""

    holds = marker.RATE
    way_out = "give another `out`, or `overwrite=True` to replace it"

    def __init__(self, path: str | os.PathLike[str]) -> None:
        super().__init__(path)
        self.curve = self.path / "learning_rate.csv"
        self.picture = self.path / "learning_rate.png"

    @property
    def files(self) -> tuple[pathlib.Path, ...]:
        """All files that a search writes."""
        return (self.curve, self.picture)

    @property
    def cleared(self) -> list[pathlib.Path]:
        """Both; a run's files stay."""
        return [*self.files]


@dataclasses.dataclass(frozen=True)
class FoundRate:
    """What a search came to.

    `learning_rate` is the rate to train with; from `rises_at` on the loss rises (None:
    it never did). `curve` has a row a step: step, rate, loss and smoothed, in nats.
    """

    learning_rate: float
    rises_at: float | None
    curve: pd.DataFrame
    folder: RateFolder

    def to_dict(self) -> dict[str, Any]:
        """Give what was found, as JSON can hold it."""
        return {
            "learning_rate": self.learning_rate,
            "rises_at": self.rises_at,
            "steps": len(self.curve),
            "picture": str(self.folder.picture),
        }


def find_rate(
    c: Configuration,
    corpus: Corpus,
    overwrite: bool = False,
    reporter: Reporter | None = None,
) -> FoundRate:
    """Search for the learning rate of a configuration's model on a corpus.

    The model is trained for `steps` (or 200) or `minutes`, whichever ends first, while
    the rate rises from 1e-5 to 100, and is not kept. Its own rate, warm-up, schedule
    and epochs have no part in it; all other options do.

    Raises: UsageError, CorpusError before anything is written; TrainingError if the
        loss fell at no rate: the curve is written even then.
    References: Smith (2017), the range test.
    """
    reporter = reporter or Reporter()
    check_has_rate(c)
    check_options(c)
    c, initial = complete(c)
    c = _with_steps(c)
    folder = RateFolder(c.out or default_folder(c, corpus))
    folder.check(overwrite)
    check_place(c, folder)
    encoder, texts = read_texts(c, corpus, initial, reporter)
    pretrained = read_pretrained(c, encoder.vocabulary, reporter)
    model = new_network(c, encoder, reporter, initial, pretrained)
    curve = _range_test(model, c, texts["train"], reporter)
    folder.create()
    table = pd.DataFrame(curve.points)
    with write_atomically(folder.curve) as temporary:
        table.to_csv(temporary, index=False, float_format="%.9g")
    _draw(curve, table, c, folder)
    return FoundRate(_suggestion(curve), curve.rises_at, table, folder)


def check_has_rate(c: Configuration) -> None:
    """Refuse a model without a learning rate.

    Raises: UsageError
    """
    if c.model == "ngram":
        raise UsageError(
            "an ngram is counted and has no learning rate; "
            "give a network, such as `model='lstm'`"
        )


def _with_steps(c: Configuration) -> Configuration:
    if c.steps is None and c.minutes is None:
        return dataclasses.replace(c, steps=STEPS)
    if c.steps is not None and c.steps < LEAST_STEPS:
        raise UsageError(
            f"a search for the learning rate needs {LEAST_STEPS} steps or more; "
            f"received {c.steps}"
        )
    return c


def _range_test(
    model: Any, c: Configuration, train: Encoded, reporter: Reporter
) -> RateCurve:
    from keraslm.training.range_test import range_test

    return range_test(model, c, train, reporter)


def _suggestion(curve: RateCurve) -> float:
    if curve.suggestion is None:
        raise TrainingError(
            f"the loss fell by {curve.fall:.2g} nats only, at rates up to "
            f"{curve.points[-1].rate:.2g}: no learning rate can be suggested"
        )
    return curve.suggestion


def _draw(
    curve: RateCurve, table: pd.DataFrame, c: Configuration, folder: RateFolder
) -> None:
    from keraslm.figures.find_rate import draw_find_rate

    draw_find_rate(
        table,
        folder.picture,
        curve.suggestion,
        curve.rises_at,
        f"Which learning rate for {c.model} with {c.optimizer}?",
    )
