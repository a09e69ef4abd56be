"""A training run, from the text to the folder RUN."""

import dataclasses
import functools
import os
import pathlib
from collections.abc import Iterable
from typing import Any

import numpy as np

from keraslm.backend import check_backend
from keraslm.card import LEARNT, Card, Reading
from keraslm.counts.model import NgramModel
from keraslm.errors import UsageError
from keraslm.files.archive import redescribe
from keraslm.files.writing import flush_to_disk
from keraslm.floor import Floor, floor_of
from keraslm.language_model import LanguageModel
from keraslm.loading import load
from keraslm.processes import ALONE, Alone
from keraslm.text.corpus import Corpus, Text, open_corpus
from keraslm.text.encoder import TextEncoder
from keraslm.training.board import writer_class
from keraslm.training.count import count
from keraslm.training.encoded import Encoded
from keraslm.training.folder import RunFolder
from keraslm.training.initial import complete
from keraslm.training.memory import give_back_memory
from keraslm.training.network import new_network
from keraslm.training.options import Configuration, read_toml, resolve
from keraslm.training.precision import why_bfloat16
from keraslm.training.pretrained import identity_of, read_pretrained
from keraslm.training.printed import PrintedProgress
from keraslm.training.regularisation import with_dropout
from keraslm.training.reporter import Reporter
from keraslm.training.resuming import (
    begun,
    finished,
    identity,
    with_what_the_run_chose,
)
from keraslm.training.rows import shared_rows
from keraslm.training.spilling import CountingMemory
from keraslm.training.texts import check_counted, read_texts, to_measure


@dataclasses.dataclass(frozen=True)
class Run:
    """What a run came to: the kept model, its card, its folder."""

    model: LanguageModel
    card: Card
    folder: RunFolder


def train(
    c: Configuration,
    corpus: Corpus | str | os.PathLike[str] | None = None,
    overwrite: bool = False,
    reporter: Reporter | None = None,
    command: str = "",
    resume: bool = False,
    verbose: bool = False,
    callbacks: Iterable[Any] = (),
    cluster: str | None = None,
    distribute: bool = False,
    group: Alone = ALONE,
) -> Run:
    """Train the model of a configuration on a corpus and write the folder RUN.

    The corpus may be named as on the command line: a path, or a dataset such as
    "village"; without one it is that of the configuration. With `verbose` a line is
    printed now and then, with the time left; otherwise nothing is. `callbacks` are
    Keras callbacks of your own, which a network's fit calls too. With `distribute` all
    devices share the rows of a batch; `keraslm.training.several` does it with other
    processes, of whose `group` this is the first.

    The card measures the kept model on the corpus's test text, or else on its
    validation text: the first that holds a known token. If none does, the card has no
    figures and says why. A corpus that has neither is measured on its training text.
    All texts are read before the first step. With `overwrite` an earlier run's model
    stays until this run keeps its own. With `resume` the run in the folder goes on as
    if it had never been interrupted. With the address of a `cluster`, or "local", its
    workers count an n-gram model, which is the same.

    Raises: UsageError, CorpusError before anything is written; TrainingError if the
        loss becomes no number or the disk is full, Terminated at a SIGTERM or SIGHUP:
        what was kept until then stays.
    """
    if cluster is not None:
        check_counted(c, cluster)
    reporter = reporter or (PrintedProgress() if verbose else Reporter())
    if not isinstance(corpus, Corpus):
        corpus = open_corpus(corpus or c.corpus, c.encoding, c.split)
    folder = RunFolder(c.out or default_folder(c, corpus))
    folder.check(overwrite or resume)
    check_options(c)
    check_place(c, folder)
    c = with_what_the_run_chose(c, folder) if resume else c
    chooses, chooses_precision = c.dropout is None, c.precision is None
    c, initial = complete(c)
    if resume and (done := finished(folder, c, corpus)):
        reporter.note(f"{folder.path} holds this run already, and it is finished")
        return Run(*done, folder)
    memory = CountingMemory(c, folder.path) if c.model == "ngram" else None
    encoder, texts = read_texts(c, corpus, initial, reporter, memory, cluster)
    earlier = initial.metadata.get("texts", {}) if initial else {}
    learnt = {text: part for text, part in earlier.items() if part in LEARNT}
    c = with_dropout(c, encoder, texts["train"], reporter) if chooses else c
    text, ids = to_measure(corpus, encoder, texts, reporter, memory)
    floor = _floor(corpus, encoder, texts)
    text.ask_grammar()  # while the text is there
    pretrained = read_pretrained(c, encoder.vocabulary, reporter)
    run = functools.partial(identity, c, corpus, encoder)
    earlier = functools.partial(_options_of, folder)
    group.shared(c.to_dict)
    group.agree(lambda: run() | identity_of(pretrained))
    with begun(folder, c.to_dict(), run, earlier, reporter, resume):
        if c.model == "ngram":
            kept: LanguageModel = count(c, encoder, texts, folder, reporter, memory)
        else:
            give_back_memory()  # the text's
            reporter.beginning("building the network")
            with shared_rows(distribute, group, reporter):
                model = new_network(c, encoder, reporter, initial, pretrained)
                if chooses_precision and c.precision == "bfloat16":
                    reporter.note(why_bfloat16())
                given = (texts, folder, reporter, run(), callbacks, group)
                learnt_here = _fit(model, c, *given)
            del model, initial
            give_back_memory()  # the optimizer's and the last step's
            kept = load(folder.model)
            kept.metadata.pop("interrupted", None)
            kept.metadata |= learnt_here
        kept.metadata["texts"] = corpus.parts_by_hash() | learnt
        card = kept.card(_reading(kept, text, ids), command)
        return _finish(kept, card, folder, floor)


def check_options(c: Configuration) -> None:
    """Refuse what no run can be told, or what is not installed, before any work.

    Raises: UsageError; MissingExtra.
    """
    if c.init_from is None:  # else that model's options come first
        resolve(c)
    if c.model != "ngram":
        check_backend()
    if c.tensorboard:
        writer_class()
    is_file = c.classes is not None and not c.classes.isdecimal()
    if is_file and not pathlib.Path(c.classes or "").exists():
        raise UsageError(f"there is no file of classes {c.classes}")


def check_place(c: Configuration, folder: RunFolder) -> None:
    """Refuse to make the folder of the texts a run.

    Raises: UsageError
    """
    corpus = pathlib.Path(c.corpus)
    if corpus.is_dir() and folder.path.exists() and folder.path.samefile(corpus):
        raise UsageError(
            f"{folder.path} is the folder of the texts, and the run would become one "
            "of them; give an `out` of its own"
        )


def _options_of(folder: RunFolder) -> dict[str, Any]:
    return Configuration(**read_toml(folder.configuration)).to_dict()


def default_folder(c: Configuration, corpus: Corpus) -> str:
    """Name the folder of a run that was given none."""
    name = corpus.name.split(".")[0].replace(" ", "-")
    return f"runs/{name}-{c.level}-{c.model}"


def _fit(
    model: Any,
    c: Configuration,
    texts: dict[str, Encoded],
    folder: RunFolder,
    reporter: Reporter,
    run: dict[str, Any],
    callbacks: Iterable[Any],
    group: Alone,
) -> dict[str, Any]:
    """Fit, keep the best model in the folder, and give what belongs beside it."""
    from keraslm.training.fit import fit

    given = (texts["train"], texts.get("valid"), folder, reporter, run, callbacks)
    fit(model, c, *given, group)
    return dict(model.metadata)


def _reading(model: LanguageModel, text: Text, ids: np.ndarray) -> Reading:
    """Read a text, if anything of it is known."""
    why = model.vocabulary.why_unmeasured(text.name, ids)
    return Reading.without_figures(text, ids, why) if why else model.read(text, ids)


def _floor(
    corpus: Corpus, encoder: TextEncoder, texts: dict[str, Encoded]
) -> Floor | None:
    """Measure the grammar of the validation text's language, where it is known."""
    if corpus.valid is None or "valid" not in texts:
        return None
    return floor_of(corpus.valid, texts["valid"].ids, encoder)


def _finish(
    model: LanguageModel, card: Card, folder: RunFolder, floor: Floor | None
) -> Run:
    flush_to_disk(folder.history)
    flush_to_disk(folder.samples)
    model.metadata["card"] = card.to_dict()
    if isinstance(model, NgramModel):
        folder.keep(model)  # written once: its file may be as large as the disk allows
    else:
        redescribe(folder.model, model.metadata)
    folder.write_card(card.to_dict())
    _draw(model, folder, floor)
    return Run(model, card, folder)


def _draw(model: LanguageModel, folder: RunFolder, floor: Floor | None) -> None:
    import pandas as pd

    from keraslm.figures.count_model import draw_count_model
    from keraslm.figures.learning_curve import draw_history

    name = ", ".join(dict.fromkeys((model.name, folder.path.name)))
    if "by_order" in model.metadata:
        smoothing = model.details["smoothing"]
        title = f"{name}: n-grams by order"
        draw_count_model(model.metadata["by_order"], smoothing, folder.picture, title)
        return
    history = pd.DataFrame(model.metadata["history"])
    title = f"{name}: perplexity while training"
    draw_history(history, folder.picture, floor, title)
