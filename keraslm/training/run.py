"""A training run, from the text to the folder RUN."""

import dataclasses
from typing import Any

import numpy as np

from keraslm.errors import CorpusError, TrainingError
from keraslm.language_model import LanguageModel
from keraslm.loading import load
from keraslm.measures import Card
from keraslm.text.corpus import Corpus, Text
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import tokenizer_named
from keraslm.text.vocabulary import Vocabulary
from keraslm.training.configuration import Configuration
from keraslm.training.count import check_held_out, count
from keraslm.training.encoded import Encoded
from keraslm.training.folder import RunFolder
from keraslm.training.initial import complete
from keraslm.training.reporter import Reporter
from keraslm.training.room import check_room


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
) -> Run:
    """Train the model of a configuration on a corpus and write the folder RUN.

    The card measures the kept model on the corpus's test text, or on its validation
    text, or on its training text: the first that is there and holds a known token.
    With `overwrite` an earlier run's model stays until this run keeps its own.

    Raises: UsageError, CorpusError before anything is written; TrainingError if the
        loss becomes no number; what was kept until then stays.
    """
    reporter = reporter or Reporter()
    c, initial = complete(c)
    folder = RunFolder(c.out or default_folder(c, corpus))
    folder.check(overwrite)
    encoder, texts = read_texts(c, corpus, initial, reporter)
    folder.create()
    folder.write_configuration(c.to_dict())
    if c.model == "ngram":
        kept: LanguageModel = count(c, encoder, texts, folder, reporter)
    else:
        kept = _fit(c, encoder, texts, folder, reporter, initial)
    text, ids = _to_measure(corpus, encoder, texts)
    return _finish(kept, kept.card(kept.read(text, ids), command), folder)


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

    chosen_classes(c, encoder.vocabulary)


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
    return not np.isin(ids, (vocabulary.unknown_id, vocabulary.boundary_id)).all()


def new_network(
    c: Configuration, encoder: TextEncoder, reporter: Reporter, initial: Any = None
) -> Any:
    """Build the network of a configuration, or take the one that it continues."""
    import keras

    from keraslm.models.language_model import KerasLanguageModel

    keras.utils.set_random_seed(c.seed)
    network = initial.keras_model if initial else _built(c, encoder, reporter)
    model = KerasLanguageModel(network, encoder, c.model)
    reporter.note(f"{c.model}: {model.parameters:,} parameters")
    return model


def _built(c: Configuration, encoder: TextEncoder, reporter: Reporter) -> Any:
    from keraslm.models.build import build
    from keraslm.training.softmax import new_softmax

    softmax = new_softmax(c, encoder.vocabulary, reporter)
    return build(c, len(encoder.vocabulary), softmax)


def _fit(
    c: Configuration,
    encoder: TextEncoder,
    texts: dict[str, Encoded],
    folder: RunFolder,
    reporter: Reporter,
    initial: Any = None,
) -> LanguageModel:
    from keraslm.training.fit import fit
    from keraslm.training.keeper import Keeper

    model = new_network(c, encoder, reporter, initial)
    keeper = Keeper(model, c, folder, reporter)
    try:
        fit(model, c, texts["train"], texts.get("valid"), keeper)
    except TrainingError as error:
        raise TrainingError(f"{error}; {keeper.what_is_kept()}") from error
    if keeper.best_step is None:
        keeper.keep()
    reporter.note(keeper.what_is_kept())
    kept = load(folder.model)
    kept.metadata["history"] = keeper.history.rows
    return kept


def _to_measure(
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
