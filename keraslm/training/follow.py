"""A process that trains with the first one, and writes nothing.

It makes the same steps with rows of its own. What the first one measures, chooses by
the clock or reads of a checkpoint, it is told.
"""

import dataclasses
import pathlib
from typing import Any

from keraslm.processes.group import Other
from keraslm.text.corpus import Corpus
from keraslm.training.encoded import Encoded
from keraslm.training.initial import complete
from keraslm.training.network import new_network
from keraslm.training.options import Configuration
from keraslm.training.pretrained import identity_of, read_pretrained
from keraslm.training.reporter import Reporter
from keraslm.training.resuming import identity
from keraslm.training.rows import shared_rows
from keraslm.training.texts import read_texts

NOWHERE = pathlib.Path("checkpoint.zip")  # a name alone: the file is the first one's


def follow(c: Configuration, corpus: Corpus, group: Other) -> None:
    """Train as the first process does, until it says that the training is done.

    Raises: UsageError if the texts are others than its; ProcessGone if it goes.
    """
    silent = Reporter()
    c, initial = complete(c)
    encoder, texts = read_texts(c, corpus, initial, silent)
    embeddings, classes = c.embeddings, c.classes  # files of this machine
    c = Configuration(**group.shared(dict))  # what was left open, it has chosen
    run = identity(c, corpus, encoder)
    here = dataclasses.replace(c, embeddings=embeddings, classes=classes)
    pretrained = read_pretrained(here, encoder.vocabulary, silent)
    group.agree(lambda: run | identity_of(pretrained))
    with shared_rows(True, group, silent):
        model = new_network(here, encoder, silent, initial, pretrained)
        _fit(model, c, texts, run, group)
    group.wait_for_end()


def _fit(
    model: Any,
    c: Configuration,
    texts: dict[str, Encoded],
    run: dict[str, Any],
    group: Other,
) -> None:
    """Make the steps, with the callbacks that change what is learnt."""
    from keraslm.callbacks import ExactResume
    from keraslm.training import fit
    from keraslm.training.in_step import in_step

    windows = fit.new_windows(c, texts["train"], model.tokens)
    fit.compile_model(model, c, windows)
    steps = fit.total_steps(c, len(windows))
    clock, signals = in_step(c.minutes, steps, group)
    measured = "valid" in texts
    every = [
        clock,
        *([fit.new_exact(c, texts["valid"].ids, clock, group)] if measured else []),
        fit.learning_rate(c, clock),
        *fit.asked_for(c, windows, clock, Reporter()),
        fit.KeepMemory(),
        ExactResume(NOWHERE, identity=run, signals=signals, group=group),
    ]
    with signals.heard():
        model.fit(windows, epochs=fit.WITHOUT_END, verbose=0, callbacks=every)
