"""The fit of a tagger's or a classifier's network."""

import functools
from collections.abc import Callable, Mapping
from typing import Any

import keras

from keraslm.tasks.batches import Batches
from keraslm.tasks.exact_accuracy import ExactAccuracy, loss
from keraslm.tasks.files import save
from keraslm.tasks.fit import fit, new_optimizer
from keraslm.tasks.job import Training
from keraslm.tasks.networks import new_network
from keraslm.tasks.pretrained import start_from_vectors
from keraslm.tasks.vocabulary import TagVocabulary


def fit_labels(
    examples: Mapping[str, Any],
    batches: Callable[..., Batches],
    vocabulary: TagVocabulary,
    t: Training,
) -> None:
    """Fit a network to the examples of the part train; write it and its history.

    Its embedding starts from the vectors that the options name, if they do.

    The part valid, if there is one, chooses the epoch whose network is kept.
    Raises: as `fit`.
    """
    o = t.options
    keras.utils.set_random_seed(o.seed)
    size = (len(vocabulary.words), len(vocabulary.tags))
    network = new_network(o.shape, *size, dropout=o.dropout, seed=o.seed)
    words = (word for example in examples["train"] for word in example.words)
    start_from_vectors(network.layers[1], o, vocabulary.words, words, t.reporter)
    network.compile(new_optimizer(o), loss(), metrics=[ExactAccuracy()])
    train = batches(examples["train"], vocabulary, o.batch_size, o.seed)
    valid = None
    if "valid" in examples:
        valid = batches(examples["valid"], vocabulary, o.batch_size)
    fit(network, train, valid, functools.partial(save, network, o.shape, vocabulary), t)
