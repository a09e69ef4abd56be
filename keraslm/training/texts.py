"""The texts of a run, read: what it trains on, validates on and is measured on."""

import contextlib
import dataclasses
from typing import Any

import numpy as np

from keraslm.cluster import ClusterCount, check_cluster, count_on_cluster
from keraslm.errors import CorpusError, UsageError
from keraslm.text.corpus import Corpus, Text
from keraslm.text.encoder import IN_MEMORY, TextEncoder
from keraslm.text.tokenizer import tokenizer_named
from keraslm.text.vocabulary import Vocabulary
from keraslm.training.count import check_held_out
from keraslm.training.encoded import Encoded
from keraslm.training.options import Configuration
from keraslm.training.reporter import Reporter
from keraslm.training.room import check_features, check_room
from keraslm.training.spilling import CountingMemory


def check_counted(c: Configuration, cluster: str) -> None:
    """Refuse a run that the cluster at an address cannot count.

    Raises: MissingExtra; UsageError
    """
    if c.model != "ngram":
        raise UsageError(
            f"`cluster` counts n-grams, and {c.model} is fitted by one process: leave "
            "it out, or give `model='ngram'`"
        )
    if c.memory is not None:
        raise UsageError(
            "`memory` limits what one process counts, and a `cluster` counts in the "
            "memory of its workers; give one of them"
        )
    if c.temporary is not None:
        raise UsageError(
            "`temporary` is where one process counts what its memory does not hold; "
            "leave it out with a `cluster`"
        )
    check_cluster(cluster)


def read_texts(
    c: Configuration,
    corpus: Corpus,
    initial: Any,
    reporter: Reporter,
    memory: CountingMemory | None = None,
    cluster: str | None = None,
) -> tuple[TextEncoder, dict[str, Encoded]]:
    """Read the texts of a run, and refuse what it cannot train on.

    With a limit of `memory` the ids of the training text are kept to it. With the
    address of a `cluster`, its workers read the training text and count it.

    Raises: UsageError, CorpusError; ClusterError
    """
    with contextlib.ExitStack() as stack:
        counting = None
        if cluster is not None:
            given = (cluster, corpus.train, c.order or 3, reporter.reading)
            counting = stack.enter_context(count_on_cluster(*given))
        fitted = initial.encoder if initial else None
        encoder, texts = _encoded(c, corpus, fitted, reporter, memory, counting)
        _check(c, corpus, encoder, texts)
        if counting is not None:
            found = counting.ngrams()
            texts["train"] = dataclasses.replace(texts["train"], ngrams=found)
            reporter.note(counting.summary())
    if c.softmax == "classes" and initial is None:
        _check_classes(c, encoder)
    return encoder, texts


def _check(
    c: Configuration, corpus: Corpus, encoder: TextEncoder, texts: dict[str, Encoded]
) -> None:
    _check_trainable(texts["train"].ids, encoder.vocabulary, corpus.train)
    if c.model == "ngram":
        check_held_out(c, texts)
    else:
        check_room(c, len(encoder.vocabulary), len(texts["train"].ids))


def _check_classes(c: Configuration, encoder: TextEncoder) -> None:
    from keraslm.models.softmaxes import chosen_classes

    classes = chosen_classes(encoder.vocabulary, c.classes)
    check_features(c, len(classes) + len(set(classes.tolist())))


def _encoded(
    c: Configuration,
    corpus: Corpus,
    encoder: TextEncoder | None,
    reporter: Reporter,
    memory: CountingMemory | None,
    counting: ClusterCount | None,
) -> tuple[TextEncoder, dict[str, Encoded]]:
    """Read the texts to train and to validate on; the first gives the vocabulary."""

    def progress(done: int, total: int) -> None:
        reporter.reading("reading", done, total)

    text, valid = corpus.train, corpus.valid
    if encoder is None:
        tokenizer = tokenizer_named("word-marks" if c.tokenize else c.level)
        limits = (c.vocabulary_size, c.min_count)
        kept = (IN_MEMORY,) if memory is None else (memory.of_ids, memory.ids.new)
        if counting is None:
            encoder, ids = TextEncoder.learn(tokenizer, text, *limits, progress, *kept)
        else:
            encoder, ids = counting.learn(tokenizer, *limits)
    else:
        ids = encoder.encode(text, progress=progress)
    texts = {"train": Encoded(ids, text.characters)}
    if valid is not None:
        folder = memory.folder if memory else None
        ids = encoder.encode(valid, folder, progress)
        if why := encoder.vocabulary.why_unmeasured(valid.name, ids):
            reporter.note(f"nothing is validated: {why}")
        else:
            texts["valid"] = Encoded(ids, valid.characters)
    return encoder, texts


def _check_trainable(ids: np.ndarray, vocabulary: Vocabulary, text: Text) -> None:
    """Refuse a text that nothing can be learnt from, before anything is written."""
    if len(ids) < 2:
        raise CorpusError(
            f"training needs at least 2 tokens; {text.name} has {len(ids)}: "
            "give a longer text"
        )
    if not vocabulary.knows_some(ids):
        raise CorpusError(
            f"no token of {text.name} is in the vocabulary of the model; "
            "give a text in the language that it learnt"
        )


def to_measure(
    corpus: Corpus,
    encoder: TextEncoder,
    texts: dict[str, Encoded],
    reporter: Reporter,
    memory: CountingMemory | None = None,
) -> tuple[Text, np.ndarray]:
    """Choose the test text, or else the validation text, if the model can read it.

    Where the corpus has neither, it is the training text. Where it has some and the
    model knows no token of it, there is no figure: the training text is no test.
    """
    held_out = [text for text in (corpus.test, corpus.valid) if text is not None]
    if not held_out:
        return corpus.train, texts["train"].ids
    found: list[tuple[Text, np.ndarray]] = []
    for text in held_out:
        is_valid = text is corpus.valid and "valid" in texts
        folder = memory.folder if memory else None
        ids = texts["valid"].ids if is_valid else encoder.encode(text, folder)
        if not encoder.vocabulary.why_unmeasured(text.name, ids):
            for other, its_ids in found:
                why = encoder.vocabulary.why_unmeasured(other.name, its_ids)
                reporter.note(f"{text.name} is measured instead of the test: {why}")
            return text, ids
        found.append((text, ids))
    return found[0]
