"""A training run, from the text to the folder RUN."""

import contextlib
import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np

from keraslm.errors import CorpusError, Terminated, TrainingError
from keraslm.files import flush_to_disk
from keraslm.language_model import LanguageModel
from keraslm.loading import load
from keraslm.measures import Card
from keraslm.text.corpus import Corpus, Text
from keraslm.text.encoder import TextEncoder
from keraslm.text.mapped import stretches
from keraslm.text.tokenizer import tokenizer_named
from keraslm.text.vocabulary import Vocabulary
from keraslm.training.checkpoint import Checkpoint
from keraslm.training.configuration import Configuration
from keraslm.training.count import check_held_out, count
from keraslm.training.encoded import Encoded
from keraslm.training.folder import RunFolder
from keraslm.training.initial import complete
from keraslm.training.pretrained import Pretrained, read_pretrained
from keraslm.training.reporter import Reporter
from keraslm.training.resuming import checkpoint_to_resume, finished, identity
from keraslm.training.room import check_features, check_room


@dataclasses.dataclass(frozen=True)
class Run:
    """What a run came to: the kept model, its card, its folder."""

    model: LanguageModel
    card: Card
    folder: RunFolder


def train(
    c: Configuration,
    corpus: Corpus,
    overwrite: bool = False,
    reporter: Reporter | None = None,
    command: str = "",
    resume: bool = False,
) -> Run:
    """Train the model of a configuration on a corpus and write the folder RUN.

    The card measures the kept model on the corpus's test text, or on its validation
    text, or on its training text: the first that is there and holds a known token.
    With `overwrite` an earlier run's model stays until this run keeps its own. With
    `resume` the run in the folder goes on as if it had never been interrupted.

    Raises: UsageError, CorpusError before anything is written; TrainingError if the
        loss becomes no number or the disk is full, Terminated at a SIGTERM: what was
        kept until then stays.
    """
    reporter = reporter or Reporter()
    c, initial = complete(c)
    folder = RunFolder(c.out or default_folder(c, corpus))
    folder.check(overwrite or resume)
    if resume and (done := finished(folder, c)):
        reporter.note(f"{folder.path} holds this run already, and it is finished")
        return Run(*done, folder)
    encoder, texts = read_texts(c, corpus, initial, reporter)
    pretrained = read_pretrained(c, encoder.vocabulary, reporter)
    with folder.locked(), _told_how_to_go_on(folder):
        checkpoint = None
        if resume:
            checkpoint = checkpoint_to_resume(folder, c, corpus, encoder)
        if checkpoint is None:
            _start(folder, reporter, again=resume)
        folder.sweep()
        folder.write_configuration(c.to_dict())
        if c.model == "ngram":
            kept: LanguageModel = count(c, encoder, texts, folder, reporter)
        else:
            model = new_network(c, encoder, reporter, initial, pretrained)
            run = identity(c, corpus, encoder)
            kept = _fit(model, c, texts, folder, reporter, run, checkpoint)
        text, ids = to_measure(corpus, encoder, texts)
        return _finish(kept, kept.card(kept.read(text, ids), command), folder)


def _start(folder: RunFolder, reporter: Reporter, again: bool) -> None:
    if again and folder.configuration.exists():
        reporter.note(f"{folder.path} has no checkpoint: the run starts over")
    folder.create()


@contextlib.contextmanager
def _told_how_to_go_on(folder: RunFolder) -> Iterator[None]:
    """Add to an error that may pass what to do then."""
    try:
        yield
    except Terminated as error:
        raise Terminated(f"{error}; {folder.way_to_go_on}") from error
    except BrokenPipeError:  # whoever watches the run has gone
        raise
    except OSError as error:
        raise TrainingError(
            f"cannot write to {folder.path} ({error.strerror or error}); what was "
            f"written stays; once it can, {folder.way_to_go_on}"
        ) from error


def default_folder(c: Configuration, corpus: Corpus) -> str:
    """Name the folder of a run that was given none."""
    name = corpus.name.split(".")[0].replace(" ", "-")
    return f"runs/{name}-{c.level}-{c.model}"


def read_texts(
    c: Configuration, corpus: Corpus, initial: Any, reporter: Reporter
) -> tuple[TextEncoder, dict[str, Encoded]]:
    """Read the texts of a run, and refuse what it cannot train on.

    Raises: UsageError, CorpusError
    """
    encoder, texts = _encoded(c, corpus, initial.encoder if initial else None, reporter)
    _check_trainable(texts["train"].ids, encoder.vocabulary, corpus.train)
    if c.model == "ngram":
        check_held_out(c, texts)
    else:
        check_room(c, len(encoder.vocabulary), len(texts["train"].ids))
    if c.softmax == "classes" and initial is None:
        _check_classes(c, encoder)
    return encoder, texts


def _check_classes(c: Configuration, encoder: TextEncoder) -> None:
    from keraslm.training.softmax import chosen_classes

    classes = chosen_classes(c, encoder.vocabulary)
    check_features(c, len(classes) + len(set(classes.tolist())))


def _encoded(
    c: Configuration, corpus: Corpus, encoder: TextEncoder | None, reporter: Reporter
) -> tuple[TextEncoder, dict[str, Encoded]]:
    """Read the texts to train and to validate on; the first gives the vocabulary."""

    def progress(done: int, total: int) -> None:
        reporter.reading("reading", done, total)

    text, valid = corpus.train, corpus.valid
    if encoder is None:
        tokenizer = tokenizer_named("word-marks" if c.tokenize else c.level)
        limits = (c.vocabulary_size, c.min_count)
        encoder, ids = TextEncoder.learn(tokenizer, text, *limits, progress)
    else:
        ids = encoder.encode(text, progress=progress)
    texts = {"train": Encoded(ids, text.characters)}
    if valid is not None:
        ids = encoder.encode(valid, progress=progress)
        texts["valid"] = Encoded(ids, valid.characters)
    return encoder, texts


def _check_trainable(ids: np.ndarray, vocabulary: Vocabulary, text: Text) -> None:
    """Refuse a text that nothing can be learnt from, before anything is written."""
    if len(ids) < 2:
        raise CorpusError(
            f"training needs at least 2 tokens; {text.name} has {len(ids)}: "
            "give a longer text"
        )
    if not _holds_known(ids, vocabulary):
        raise CorpusError(
            f"no token of {text.name} is in the vocabulary of the model; "
            "give a text in the language that it learnt"
        )


def _holds_known(ids: np.ndarray, vocabulary: Vocabulary) -> bool:
    """Say whether a text has a token of the vocabulary, line ends aside."""
    reserved = (vocabulary.unknown_id, vocabulary.boundary_id)
    return any(not np.isin(some, reserved).all() for some in stretches(ids))


def new_network(
    c: Configuration,
    encoder: TextEncoder,
    reporter: Reporter,
    initial: Any = None,
    pretrained: Pretrained | None = None,
) -> Any:
    """Build the network of a configuration, or take the one that it continues.

    Its embedding starts from the pretrained rows, if there are any.
    """
    import keras

    from keraslm.models.language_model import KerasLanguageModel

    keras.utils.set_random_seed(c.seed)
    network = initial.keras_model if initial else _built(c, encoder, reporter)
    model = KerasLanguageModel(network, encoder, c.model)
    if pretrained is not None:
        network.embed.set_weights([pretrained.rows])
        model.metadata["embeddings"] = pretrained.source
    frozen = model.details.get("frozen_parameters", 0)
    also = f", and {frozen:,} frozen ones" if frozen else ""
    reporter.note(f"{c.model}: {model.parameters:,} parameters{also}")
    return model


def _built(c: Configuration, encoder: TextEncoder, reporter: Reporter) -> Any:
    from keraslm.models.build import build
    from keraslm.training.softmax import new_softmax

    softmax = new_softmax(c, encoder.vocabulary, reporter)
    return build(c, len(encoder.vocabulary), softmax)


def _fit(
    model: Any,
    c: Configuration,
    texts: dict[str, Encoded],
    folder: RunFolder,
    reporter: Reporter,
    run: dict[str, Any],
    checkpoint: Checkpoint | None,
) -> LanguageModel:
    from keraslm.training.fit import fit
    from keraslm.training.keeper import Keeper

    keeper = Keeper(model, c, folder, reporter)
    try:
        fit(model, c, texts["train"], texts.get("valid"), keeper, run, checkpoint)
    except TrainingError as error:
        raise TrainingError(f"{error}; {keeper.what_is_kept()}") from error
    if keeper.best_step is None:
        keeper.keep()
    reporter.note(keeper.what_is_kept())
    kept = load(folder.model)
    kept.metadata.pop("interrupted", None)
    kept.metadata |= model.metadata
    return kept


def to_measure(
    corpus: Corpus, encoder: TextEncoder, texts: dict[str, Encoded]
) -> tuple[Text, np.ndarray]:
    """Choose the test text, or else the validation text, if the model can read it."""
    if corpus.test is not None:
        ids = encoder.encode(corpus.test)
        if _holds_known(ids, encoder.vocabulary):
            return corpus.test, ids
    if corpus.valid is not None:
        ids = texts["valid"].ids
        if _holds_known(ids, encoder.vocabulary):
            return corpus.valid, ids
    return corpus.train, texts["train"].ids


def _finish(model: LanguageModel, card: Card, folder: RunFolder) -> Run:
    flush_to_disk(folder.history)
    flush_to_disk(folder.samples)
    model.metadata["card"] = card.to_dict()
    model.save(folder.model)
    folder.write_card(card.to_dict())
    _draw(model, folder)
    return Run(model, card, folder)


def _draw(model: LanguageModel, folder: RunFolder) -> None:
    import pandas as pd

    from keraslm.figures.learning_curve import draw_history

    history = pd.DataFrame(model.metadata["history"])
    draw_history(history, folder.picture, title=f"{model.name}, {folder.path.name}")
