"""The fit of a masked network."""

import functools
from typing import Any

import keras

from keraslm.masked.batches import MaskedBatches
from keraslm.masked.files import save
from keraslm.masked.networks import loss, new_network
from keraslm.masked.pieces import FIRST
from keraslm.tasks.exact_accuracy import ExactAccuracy
from keraslm.tasks.fit import fit
from keraslm.tasks.job import Training
from keraslm.tasks.pretrained import start_from_vectors
from keraslm.text.encoder import TextEncoder

MONITOR = "val_loss"
RESERVED = ("<pad>", "<mask>")
WARMUP = 100  # steps


def fit_masked(
    encoder: TextEncoder,
    train: MaskedBatches,
    valid: MaskedBatches | None,
    t: Training,
) -> None:
    """Fit a network to pieces; that with the lowest loss on the validation is kept.

    Raises: as `keraslm.tasks.fit.fit`.
    """
    o: Any = t.options
    shape = o.shape
    keras.utils.set_random_seed(o.seed)
    size = len(encoder.vocabulary)
    network = new_network(shape, size, o.dropout, o.seed, train.padded)
    vocabulary = encoder.vocabulary
    known = (*RESERVED, *map(vocabulary.token, range(len(vocabulary))))
    words = (vocabulary.token(i - FIRST) for piece in train.pieces for i in piece[1:-1])
    start_from_vectors(network.layers[1], o, known, words, t.reporter)
    network.compile(
        new_optimizer(o.learning_rate, o.weight_decay),
        loss(),
        metrics=[ExactAccuracy()],
        jit_compile=train.padded,
    )
    save_as = functools.partial(save, network, shape, encoder)
    fit(network, train, valid, save_as, t, MONITOR, WARMUP)


def new_optimizer(rate: float, weight_decay: float | None) -> Any:
    """Give Adam, or AdamW (Loshchilov & Hutter, 2019) where weights decay."""
    given = {"learning_rate": rate, "global_clipnorm": 1.0}
    if weight_decay is None:
        return keras.optimizers.Adam(**given)
    return keras.optimizers.AdamW(weight_decay=weight_decay, **given)


def suits_padding() -> bool:
    """Say whether batches are padded: where XLA compiles a program for each length."""
    return keras.backend.backend() == "jax"
