"""The fit of a translator's network."""

import functools
from collections.abc import Mapping, Sequence

import keras

from keraslm.tasks.exact_accuracy import ExactAccuracy, loss
from keraslm.tasks.fit import fit, new_optimizer
from keraslm.tasks.job import Training
from keraslm.tasks.pairs import Pair
from keraslm.tasks.translation.batches import PairBatches
from keraslm.tasks.translation.files import save_translator
from keraslm.tasks.translation.networks import new_network
from keraslm.tasks.translation.shape import TranslatorShape
from keraslm.tasks.translation.vocabulary import PairVocabulary


def fit_translator(
    pairs: Mapping[str, Sequence[Pair]],
    shape: TranslatorShape,
    vocabulary: PairVocabulary,
    t: Training,
) -> None:
    """Fit a network to the pairs of the part train; write it and its history.

    The part valid, if there is one, chooses the epoch whose network is kept: that with
    the most right tokens, each behind the right ones before it.
    Raises: as `keraslm.tasks.fit.fit`.
    """
    o = t.options
    keras.utils.set_random_seed(o.seed)
    network = new_network(shape, *vocabulary.sizes, o.dropout, o.seed)
    network.compile(new_optimizer(o), loss(), metrics=[ExactAccuracy()])
    train = PairBatches(pairs["train"], vocabulary, o.batch_size, o.seed)
    valid = None
    if "valid" in pairs:
        valid = PairBatches(pairs["valid"], vocabulary, o.batch_size)
    save = functools.partial(save_translator, network, shape, vocabulary)
    fit(network, train, valid, save, t)
