"""The texts of a run, read: what it trains on, validates on and is measured on."""

from typing import Any

import numpy as np

from keraslm.errors import CorpusError
from keraslm.text.corpus import Corpus, Text
from keraslm.text.encoder import TextEncoder
from keraslm.text.mapped import stretches
from keraslm.text.tokenizer import tokenizer_named
from keraslm.text.vocabulary import Vocabulary
from keraslm.training.configuration import Configuration
from keraslm.training.count import check_held_out
from keraslm.training.encoded import Encoded
from keraslm.training.reporter import Reporter
from keraslm.training.room import check_features, check_room


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
