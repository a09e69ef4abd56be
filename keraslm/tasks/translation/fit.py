"""The fit of a translator's network."""

import functools
from collections.abc import Mapping, Sequence

import keras

from keraslm.tasks.exact_accuracy import ExactAccuracy, loss
from keraslm.tasks.fit import fit, new_optimizer
from keraslm.tasks.job import Training
from keraslm.tasks.pairs import Pair
from keraslm.tasks.pretrained import start_from_vectors
from keraslm.tasks.translation.batches import PairBatches
from keraslm.tasks.translation.files import save_translator
from keraslm.tasks.translation.networks import new_network
from keraslm.tasks.translation.vocabulary import PairVocabulary


def fit_translator(
    pairs: Mapping[str, Sequence[Pair]],
    vocabulary: PairVocabulary,
    t: Training,
) -> None:
    """Fit a network to the pairs of the part train; write it and its history.

    The part valid, if there is one, chooses the epoch whose network is kept: that with
    the most right tokens, each behind the right ones before it. The vectors of the
    source start from those that the options name, if they do.
    Raises: as `keraslm.tasks.fit.fit`.
    """
    o = t.options
    shape = o.shape
    keras.utils.set_random_seed(o.seed)
    network = new_network(shape, *vocabulary.sizes, o.dropout, o.seed)
    words = (w for p in pairs["train"] for w in vocabulary.source.split(p.source))
    embedding = network.get_layer("encoder").layers[1]
    start_from_vectors(embedding, o, vocabulary.source.tokens, words, t.reporter)
    network.compile(new_optimizer(o), loss(), metrics=[ExactAccuracy()])
    train = PairBatches(pairs["train"], vocabulary, o.batch_size, o.seed)
    valid = None
    if "valid" in pairs:
        valid = PairBatches(pairs["valid"], vocabulary, o.batch_size)
    save = functools.partial(save_translator, network, shape, vocabulary)
    fit(network, train, valid, save, t)
