"""A neural bigram without hidden layer is a table of counts in another form."""

import keras
import numpy as np
import pytest

from keraslm.counts.model import NgramModel
from keraslm.models import WindowModel

TEXT = "abba cabbed bead\ndeaf baa\nabe cede feed a bad cab\n" * 4
STEPS = 300


def test_it_reaches_the_perplexity_of_the_counts(ask):
    language_model = ask(WindowModel(7, context=1, input_kind="one-hot", hidden=()))
    ids = language_model.encoder.encode(TEXT)
    counts = NgramModel.train(language_model.encoder, ids, order=2, smoothing="mle")
    inputs = np.concatenate([[1], ids[:-1]]).astype(np.int32)[None]
    model = language_model.keras_model
    model.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.5, STEPS)),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=False,
    )
    batches = [np.repeat(rows, STEPS, axis=0) for rows in (inputs, ids[None])]
    model.fit(*batches, batch_size=1, verbose=0)  # each batch is the whole text

    reached = language_model.perplexity(TEXT)
    assert reached == pytest.approx(counts.perplexity(TEXT), rel=0.01)
